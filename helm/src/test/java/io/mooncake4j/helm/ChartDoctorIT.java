package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;

/** The doctor's container, as a process of a machine without RDMA. */
class ChartDoctorIT {
    @Test
    @DisabledIf("machineHasRdma")
    void shouldKeepThePodFromStartingAndSayWhyWhenTheHostHasNoDevice() throws Exception {
        try (RunningChart chart = new RunningChart(Chart.render("values-ecs-erdma.yaml", Map.of()))) {
            PodProcess doctor = chart.startDoctor();

            assertThat(doctor.exitCode()).as(doctor.toString()).isEqualTo(1);
            assertThat(doctor.printed()).contains("problem  device", "none in /sys/class/infiniband", "modprobe erdma");
        }
    }

    static boolean machineHasRdma() {
        return Files.exists(Path.of("/sys/class/infiniband"));
    }
}
