/* inspect.h - looks whether all calls are as they should be, in a test */
#ifndef INSPECT_H
#define INSPECT_H

/**
 * What users were told is true; what is wrong goes to ledger_note().
 *
 * @param quiet  no phone has anything to say: then everybody talks, is held,
 *               parked, or somebody rings for him
 */
void inspect(int quiet);

#endif
