package io.mooncake4j.transfer.metrics;

import java.util.List;

/** Something whose metrics a process shows. */
public interface MetricSource {
    /** Its histograms, which no registry fills; the same ones each time. */
    List<HistogramFamily> histograms();

    /** Brings what has rows that come and go, such as nodes, up to date: before each look at the registry. */
    void refresh();
}
