package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PersistentMapTest {
    @Test
    void itIsWhatATreeMapIsAndOldVersionsStay() {
        Random random = new Random(1);
        TreeMap<Integer, Integer> model = new TreeMap<>();
        PersistentMap<Integer, Integer> map = PersistentMap.empty();
        List<TreeMap<Integer, Integer>> models = new ArrayList<>();
        List<PersistentMap<Integer, Integer>> maps = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            int key = random.nextInt(300);
            if (random.nextInt(3) == 0) {
                model.remove(key);
                map = map.without(key);
            } else {
                model.put(key, i);
                map = map.with(key, i);
            }
            if (i % 100 == 0) {
                models.add(new TreeMap<>(model));
                maps.add(map);
            }
            assertThat(map.size()).isEqualTo(model.size());
            assertThat(map.get(key).isPresent()).isEqualTo(model.containsKey(key));
        }
        for (int i = 0; i < maps.size(); i++) {
            assertThat(maps.get(i).keys()).isEqualTo(List.copyOf(models.get(i).keySet()));
            assertThat(maps.get(i).values()).isEqualTo(List.copyOf(models.get(i).values()));
        }
    }

    @Test
    void ascendingKeysDoNotMakeItDeep() {
        PersistentMap<Integer, Integer> map = PersistentMap.empty();
        for (int i = 0; i < 100_000; i++) {
            map = map.with(i, i);
        }
        assertThat(map.depth()).isLessThan(25);
        for (int i = 0; i < 99_000; i++) {
            map = map.without(i);
        }
        assertThat(map.depth()).isLessThan(16);
        assertThat(map.keys()).hasSize(1000).startsWith(99_000);
    }
}
