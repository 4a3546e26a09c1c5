package dev.parley.wire.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @ParameterizedTest
    @ValueSource(strings = {"1e400", "-1e309", "[1, {\"a\": 1.0e999}]", "1.8e308"})
    void aNumberThatNoDoubleHoldsIsRefused(String json) {
        assertThatThrownBy(() -> Json.parse(json, 100))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("beyond 64 bits");
    }

    @Test
    void theGreatestAndTheSmallestNumbersAreTaken() throws Exception {
        assertThat(Json.parse("1.7976931348623157e308", 100))
                .isEqualTo(new Value.Real(Double.MAX_VALUE));
        assertThat(Json.parse("4.9e-324", 100)).isEqualTo(new Value.Real(Double.MIN_VALUE));
        assertThat(Json.parse("-1e-400", 100)).isEqualTo(new Value.Real(-0.0));
    }
}
