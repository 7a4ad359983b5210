/* Who guards, against a recovery that is open.

   The attacker E knows the principal's own code (his SIM was swapped) and holds the principal's session at
   the portal: he may start recoveries, invite an accomplice, remove a contact. What he never has is the
   session and the phone of the contact that guards. Every message may be late or lost, every call may be cut
   and repeated, the clock may pass any end at any time, and the sweeper may never run.

   Promised here:
   P1  a new password of a guarded account has the code of its contact, typed by him, as its cause; an account
       that was guarded when the recovery took its hold does not lose that by whatever happens meanwhile;
   L8  no link ends while a proved recovery of its principal is open;
   P8  a cancel or a rejection that was acknowledged is never followed by a new password; time approves
   nothing; FZ  no new password is set in a frozen account;
   EV  what approves was typed for the present code, and found out since the recovery last changed. */

#ifndef RECOVERIES
#define RECOVERIES 1  /* 2: a second one is started when the first has ended */
#endif
#include "names.pml"

inline AssertNoOpenRecovery() {  /* L8 */
  assert(!PROVED_AND_OPEN(state[0]) || late[0]);
  assert(!PROVED_AND_OPEN(state[RECOVERIES - 1]) || late[RECOVERIES - 1])
}

mtype:recovery state[RECOVERIES] = NOT_STARTED;
bool late[RECOVERIES];  /* the clock has passed expires_at of the present state */
#include "linking.pml"

/* --- recovery's record, besides its state */
#define CONTACT_CALLS 2       /* two calls of the contact may be under way at the same time */
bool changed[CONTACT_CALLS];  /* the version is another than the one that this call has read */
bool hold_taken[RECOVERIES];
bool marked[RECOVERIES];      /* grant.redemption: a password is being set */
bool end_untold[RECOVERIES];  /* RecoveryEnded is on its way to linking */
bool hold_late[RECOVERIES];   /* a HoldGuard that its caller gave up is still on its way */
byte busy[RECOVERIES];        /* calls under way: they end long before the hold's `until` */
/* --- otp: the contact's present verification */
mtype:code contact_code[RECOVERIES] = NO_CODE;
/* --- identity */
bool frozen = false;
bool freeze_untold = false;   /* the event AccountFrozen is on its way to recovery */
bool phone_untold = false;    /* ... PhoneBound of the contact */
bool freeze_wanted = false;   /* an outbox row of a rejection for fraud or a danger report */
/* --- for the assertions */
mtype:cause cause[RECOVERIES] = NO_CAUSE;
bool protected[RECOVERIES];   /* guarded when the hold was taken */
bool typed[RECOVERIES];       /* the contact has typed the present code, not an earlier one */
bool told_no[RECOVERIES];     /* a cancel or a rejection was answered */

/* Recorder: one committed change. */
inline Save(r, to) {
  state[r] = to;
  changed[0] = true;
  changed[1] = true;
  if
  :: IS_FINAL(to) && hold_taken[r] -> end_untold[r] = true
  :: else
  fi
}

inline Expire(r) {
#ifdef FAULT_TIMER_APPROVES
  Save(r, APPROVED);
  late[r] = false
#else
  Save(r, EXPIRED)
#endif
}

#include "link_vs_recovery_calls.pml"

/* --- the clock, and what may come late */

/* Hold.until lies behind every end of the recovery and every call that began before it. */
#define HOLD_IS_OVER(r) (hold[r] && (late[r] || IS_FINAL(state[r])) && busy[r] == 0)

proctype LateOnes(byte r) {
end: do
  :: atomic { OPEN(r) -> late[r] = true }
  :: atomic { late[r] && !IS_FINAL(state[r]) && !marked[r] -> Expire(r) }  /* the sweeper */
  :: atomic { state[r] == HELD && !late[r] && said_guarded[r] ->  /* ReleaseRecovery */
       Save(r, AWAITING_CONTACT) }
  :: atomic { end_untold[r] -> end_untold[r] = false; RecoveryEndedHeard(r) }
  :: atomic { HOLD_IS_OVER(r) -> hold[r] = false }
#ifdef FAULT_HOLD_TOO_SHORT
  :: atomic { hold[r] -> hold[r] = false }
#endif
  :: atomic { hold_late[r] -> hold_late[r] = false; HoldGuard(r) }
  od
}

proctype News() {
end: do
  :: atomic { freeze_wanted -> freeze_wanted = false; frozen = true; freeze_untold = true }
  :: atomic { freeze_untold -> freeze_untold = false; EachAfterNews() }
  :: atomic { phone_untold -> phone_untold = false; EachHoldByNews() }
  :: atomic { !frozen -> frozen = true; freeze_untold = true }
  :: atomic { frozen -> frozen = false }
  :: atomic { !phone_untold -> phone_untold = true }
  od
}

/* --- linking: whoever has the session of the principal, and the contacts in theirs */

proctype LinkCalls() {
end: do
  :: atomic { link_state == ACTIVE -> RemoveTrustedContact() }
  :: atomic { link_state == REMOVAL_PENDING && !removal_due -> removal_due = true }
  :: atomic { link_state == REMOVAL_PENDING && removal_due && !HELD_BY_RECOVERY -> EndLink() }
  :: atomic { link_state == NO_LINK || removal_due -> AcceptInvitation() }
  :: atomic { link_state == ACTIVE -> Resign() }
  od
}

init {
  atomic {
    if :: AcceptInvitation() :: true fi;   /* guarded from the beginning, or not */
    run LinkCalls();
    StartAll(0);
#if RECOVERIES == 2
    StartAll(1);
#endif
#ifndef NO_NEWS
    run News()
#endif
  }
}
