/* answer.h - lifts a phone that can be asked to */
#ifndef ANSWER_H
#define ANSWER_H

#include "call.h"

/** Ask the party's ringing phone to lift (NOTIFY, Event: talk); op is stolen,
 * and told when the phone has agreed or refused. */
void answer_by_command(struct call *call, enum role role, struct op *op);

#endif
