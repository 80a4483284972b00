/* presence.h - what colleagues see of a user: registered, alerting, busy */
#ifndef PRESENCE_H
#define PRESENCE_H

enum presence_calls { PRESENCE_NONE, PRESENCE_ALERTING, PRESENCE_BUSY };

/** A call of the user counts differently now. */
void presence_on_call(const char *user, enum presence_calls was,
		      enum presence_calls now);

/** How many calls the user has, those that ring at him too. */
int presence_calls(const char *user);

/** The user has a call from another life, in which he was seen as busy. */
void presence_take(const char *user);

/** Whether the user has a call that he talks or dials in. */
int presence_is_busy(const char *user);

/** The user has `delta` more registered devices. */
void presence_on_registration(const char *user, int delta);

/** What all his calls are together. */
enum presence_calls presence_state(const char *user);

int presence_is_registered(const char *user);

/** Call fn with each user whose state has changed. */
void presence_listen(void (*fn)(const char *user));

/** Write everybody's state again: Redis has lost it. */
void presence_restore(void);

/** Free everything; the program ends. */
void presence_close(void);

#endif
