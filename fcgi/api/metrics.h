/* metrics.h - the metrics of all processes, as Prometheus reads them */
#ifndef METRICS_H
#define METRICS_H

/** Text of all files in conf.metrics_dir; new. */
char *metrics_text(void);

#endif
