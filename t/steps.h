/* steps.h - what ladders of verbs begin and end with */
#ifndef STEPS_H
#define STEPS_H

/** Arguments of a command: the newest call of a user, and more; static. */
const char *args_of(const char *user, const char *more);

/** A user's command about his newest call. */
void verb(const char *name, const char *user, const char *more);

/** What was said and told so far is nobody's business. */
void forget(void);

/** alice-desk calls bob, both have acknowledged. */
void talk(void);

/** alice-desk calls bob, who is rung. */
void ring_bob(void);

void bob_hangs_up(const char *other);

/** The phones agree to be silent. */
void silent(const char *held, const char *holder);

#endif
