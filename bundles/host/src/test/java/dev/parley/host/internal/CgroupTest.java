package dev.parley.host.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules only, on folders that look like a cgroup file system; no kernel takes part. */
class CgroupTest {
    @TempDir private Path dir;

    private Path self;
    private Path own;

    @BeforeEach
    void aDelegatedGroupOfItsOwn() throws IOException {
        self = Files.createDirectories(dir.resolve("self"));
        own = Files.createDirectories(dir.resolve("fs").resolve("user.slice").resolve("parley"));
        Files.writeString(
                self.resolve("mountinfo"),
                "30 23 0:26 / /proc rw - proc proc rw\n31 23 0:27 / "
                        + dir.resolve("fs")
                        + " rw,nosuid - cgroup2 cgroup2 rw\n");
        Files.writeString(self.resolve("cgroup"), "3:cpu:/x\n0::/user.slice/parley\n");
        Files.writeString(own.resolve("cgroup.controllers"), "cpu memory pids\n");
        Files.writeString(own.resolve("cgroup.procs"), "77\n");
        Files.writeString(own.resolve("cgroup.subtree_control"), "");
    }

    @Test
    void aGroupOfItsOwnIsUsed() throws IOException {
        Cgroup cgroup = Cgroup.find(self, 77);
        assertThat(cgroup.why()).startsWith("320 MiB of memory and 256 tasks");
        assertThat(own.resolve("parley-container").resolve("cgroup.procs")).hasContent("77");
        assertThat(own.resolve("cgroup.subtree_control")).hasContent("+memory +pids");
        Path group = cgroup.create("c1").orElseThrow();
        assertThat(group.resolve("memory.max")).hasContent("335544320");
        assertThat(group.resolve("pids.max")).hasContent("256");
        assertThat(Cgroup.in(group, List.of("java", "X")))
                .endsWith(group.resolve("cgroup.procs").toString(), "java", "X");
    }

    @Test
    void aContainerThatHasMovedAlreadyKeepsItsPlace() throws IOException {
        Cgroup.find(self, 77);
        Files.writeString(self.resolve("cgroup"), "0::/user.slice/parley/parley-container\n");
        Cgroup again = Cgroup.find(self, 77);
        assertThat(again.create("c2")).contains(own.resolve("parley-isolate-c2"));
    }

    @Test
    void withoutOneTheCauseIsSaid() throws IOException {
        Files.writeString(own.resolve("cgroup.procs"), "12\n77\n");
        assertThat(Cgroup.find(self, 77).why()).contains("other processes share");
        Files.writeString(own.resolve("cgroup.controllers"), "hugetlb\n");
        assertThat(Cgroup.find(self, 77).why()).contains("no memory and pids").contains("hugetlb");
        Files.writeString(self.resolve("cgroup"), "3:cpu:/x\n");
        Cgroup none = Cgroup.find(self, 77);
        assertThat(none.why()).isEqualTo("not used: cgroup version 2 is not mounted");
        assertThat(none.create("c3")).isEmpty();
    }
}
