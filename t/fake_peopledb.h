/* fake_peopledb.h - what PostgreSQL says of people, in a test */
#ifndef FAKE_PEOPLEDB_H
#define FAKE_PEOPLEDB_H

/** The watch list of everybody. */
extern const char *fake_peopledb_list;

/** Whom groups let everybody pick up; NULL: there is no such group. */
extern const char *fake_peopledb_pickup_list;

#endif
