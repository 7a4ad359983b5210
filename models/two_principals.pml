/* One contact for a principal, a bound on principals for a contact, also when everything happens at once.

   Three principals invite; contact 0 may guard two. An acceptance looks, asks identity outside, and decides
   in one transaction on the records of both people. Calls are cut and repeated under the same request id.

   Promised here:
   L5  never two links of one principal, never more than the bound of one contact;
   IN  an invitation makes one link, and none after it was cancelled, declined or had expired;
   WR  what was acknowledged stays: a crash takes nothing back, and the same request gets the same answer. */

#include "names.pml"
#define PRINCIPALS 3
#define CONTACTS 2
#define BOUND 2             /* principals_per_contact; five in the product */
#define INVITATIONS 4
/* 0, 1, 2: from principals 0, 1, 2 to contact 0; 3: from principal 0 to contact 1, as if two were allowed. */
#define FROM(i) (i % 3)
#define TO(i) (i / 3)
mtype:invitation = { OPEN, ACCEPTED, CLOSED };

mtype:invitation invitation[INVITATIONS] = OPEN;
byte guards[PRINCIPALS];    /* Protection.link: 0 none, else the contact + 1 */
byte duty[CONTACTS];        /* how many links Duty.links names */
bool answered[INVITATIONS]; /* the kept answer of the acceptance */
/* --- for the assertions: what really is */
byte links_of[PRINCIPALS], links_by[CONTACTS], links_from[INVITATIONS];
bool acknowledged[INVITATIONS], ended[INVITATIONS];

inline Establish(i) {
  invitation[i] = ACCEPTED;
  guards[FROM(i)] = TO(i) + 1;
  duty[TO(i)]++;
  links_of[FROM(i)]++;
  links_by[TO(i)]++;
  links_from[i]++;
  answered[i] = true;
  assert(links_of[FROM(i)] <= 1);                     /* L5 */
  assert(links_by[TO(i)] <= BOUND);                   /* L5 */
  assert(links_from[i] <= 1)                          /* IN */
}

proctype AcceptInvitation(byte i) {
  bool free, room, open;
end_send:
  atomic {  /* LookAtInvitation; an earlier answer is given again */
    if
    :: answered[i] -> assert(links_from[i] == 1 || ended[i]); goto over   /* WR */
    :: else
    fi;
    open = (invitation[i] == OPEN);
    free = (guards[FROM(i)] == 0);
    room = (duty[TO(i)] < BOUND)
  }
  if :: !open -> goto over :: else fi;
  CUT(end_send);            /* identity is asked: eligible, and still who was invited? */
#ifdef FAULT_ACKNOWLEDGED_BEFORE_COMMIT
  acknowledged[i] = true;
  if :: true :: goto over fi;
#endif
  atomic {                  /* TakeUp */
#ifndef FAULT_PRINCIPAL_AS_SEEN
    free = (guards[FROM(i)] == 0);
#endif
#ifndef FAULT_BOUND_AS_SEEN
    room = (duty[TO(i)] < BOUND);
#endif
#ifndef FAULT_INVITATION_AS_SEEN
    open = (invitation[i] == OPEN);
#endif
    if
    :: answered[i]
#ifdef FAULT_REPEATED_ACCEPTANCE
    :: answered[i] && room -> Establish(i)
#endif
    :: !answered[i] && open && free && room ->
       assert(invitation[i] == OPEN);                 /* IN */
       Establish(i)
    :: !answered[i] && !(open && free && room) -> goto over
    fi
  }
  CUT(end_send);            /* the answer may be lost on its way */
  acknowledged[i] = true;
over:
  skip
}

inline EndLink(i) {         /* RemoveTrustedContact, Resign */
  links_of[FROM(i)]--;
  links_by[TO(i)]--;
  links_from[i]--;
  guards[FROM(i)] = 0;
  duty[TO(i)]--;
  ended[i] = true
}

active proctype Others() {
end: do
  :: atomic { invitation[0] == OPEN -> invitation[0] = CLOSED }  /* cancelled, declined, expired */
  :: atomic { invitation[1] == OPEN -> invitation[1] = CLOSED }
  :: atomic { links_from[0] == 1 && !ended[0] -> EndLink(0) }
  :: atomic { links_from[1] == 1 && !ended[1] -> EndLink(1) }
  od
}

/* When nothing is under way any more, what was acknowledged is there. */
active proctype Observer() {
  byte i;
end_wait:
  atomic {
    _nr_pr == 3;            /* init, Others and this one */
    for (i : 0 .. INVITATIONS - 1) { assert(!acknowledged[i] || links_from[i] == 1 || ended[i]) }  /* WR */
  }
}

init {
  atomic {
    run AcceptInvitation(0); run AcceptInvitation(1); run AcceptInvitation(2); run AcceptInvitation(3);
    run AcceptInvitation(0)   /* the same request once more, at the same time */
  }
end: false
}
