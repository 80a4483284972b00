/* fake_loop.h - the event loop, in a test: time passes when it is told to */
#ifndef FAKE_LOOP_H
#define FAKE_LOOP_H

/** Let time pass and run what is due. */
void fake_loop_pass(long ms);

#endif
