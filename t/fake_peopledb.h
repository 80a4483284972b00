/* fake_peopledb.h - what PostgreSQL says of people, in a test */
#ifndef FAKE_PEOPLEDB_H
#define FAKE_PEOPLEDB_H

/** The watch list of everybody. */
extern const char *fake_peopledb_list;

#endif
