/* notify.h - what systemd wants to hear of a service */
#ifndef NOTIFY_H
#define NOTIFY_H

/** It serves now. Nothing happens where nobody asked to hear. */
void notify_ready(void);

/** It still works; each second. */
void notify_alive(void);

/** It comes to its end. */
void notify_stopping(void);

#endif
