/* probe.h - whether a server answers, asked once with little patience */
#ifndef PROBE_H
#define PROBE_H

/* Each @return whether it answered, after 250 ms at most. */
int probe_redis(void);
int probe_database(void);
int probe_edge(void);

#endif
