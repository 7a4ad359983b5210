/* The way in person: documents are shown to an officer; where somebody guards, a second officer and a delay
   are needed, and everybody is told.

   One of the two officers may be corrupt and will confirm whatever he can, any number of times; an account
   with an open recovery is taken over. The contact can report danger: the account is frozen, by and by. The
   second officer's portal, the calls to linking and identity and the clock behave as badly as everywhere.

   Promised here:
   P1  a guarded account is APPROVED only by its contact or by two different officers with the delay between
       them; an account that nobody guards by one officer;
   P8  no timer, and nobody's silence, approves; nothing follows upon an acknowledged cancel;
   TO  once an officer has taken over, the former claimant and the former contact's code lead nowhere;
   FZ  nobody approves or completes what is frozen by then. */

#define RECOVERIES 1
#include "names.pml"
mtype:recovery state[RECOVERIES] = NOT_STARTED;
bool late = false;          /* the clock has passed expires_at */

inline AssertNoOpenRecovery() {
  assert(!PROVED_AND_OPEN(state[0]) || late)
}
#include "linking.pml"

/* --- recovery */
bool changed = false;       /* the version is another than the one that the contact's call has read */
bool hold_taken = false, end_untold = false;
byte first_officer = 0;     /* 1 and 2 are the two that there are */
bool delay_over = false;    /* the clock has reached confirm_allowed_time */
bool capability_of_officer = false;  /* the capability that is good now was given out by an officer */
bool frozen = false, freeze_wanted = false;
/* --- for the assertions */
mtype:cause cause = NO_CAUSE;
bool told_no = false;

#define OPEN (state[0] != NOT_STARTED && !IS_FINAL(state[0]) && !late)

inline Save(to) {
  state[0] = to;
  changed = true;
  if
  :: IS_FINAL(to) && hold_taken -> end_untold = true
  :: else
  fi
}

inline Approved(why) {
  assert(!(GUARDS_IN_TRUTH && why == ONE_OFFICER));                     /* P1 */
  late = false;
  cause = why;
  Save(APPROVED)
}

/* Officer 1 is corrupt: he does not care about documents. Both act as often as they like. */
proctype Officer(byte me) {
  bool guarded, is_frozen;
end_idle:
  if
  /* StartInPersonRecovery: of nothing, or of what is open. */
  :: state[0] != IN_PERSON && state[0] != APPROVED && !IS_FINAL(state[0]) && !frozen ->
     CUT(end_idle);
     atomic { hold_taken = true }  /* marked before linking is asked */
     CUT(end_idle);
     atomic { HoldGuard(0); guarded = said_guarded[0] }
     CUT(end_idle);
     atomic {
       if
       :: state[0] == IN_PERSON || state[0] == APPROVED || IS_FINAL(state[0])
       :: else ->
          capability_of_officer = true;
          late = false;
          first_officer = me;
          if
#ifdef FAULT_ONE_OFFICER
          :: true -> Approved(ONE_OFFICER)
#else
          :: guarded -> Save(IN_PERSON)
          :: !guarded -> Approved(ONE_OFFICER)
#endif
          fi
       fi
     }
  /* ConfirmInPersonRecovery. */
#ifdef FAULT_SAME_OFFICER
  :: state[0] == IN_PERSON && !late ->
#else
  :: state[0] == IN_PERSON && !late && first_officer != me ->
#endif
     CUT(end_idle);
     atomic { is_frozen = frozen }
     CUT(end_idle);
     atomic {
       if
       :: state[0] != IN_PERSON || is_frozen
#ifndef FAULT_NO_DELAY
       :: !delay_over
#endif
       :: else ->
          assert(first_officer != me && delay_over);                    /* P1 */
          Approved(TWO_OFFICERS)
       fi
     }
  fi;
  goto end_idle
}

/* What the attacker had begun before, with the own code that he knows: it is before the contact. */
proctype FormerClaimant() {
end_start:
  atomic { state[0] == NOT_STARTED && link_state != NO_LINK && !hold_answered[0] ->
    hold_taken = true; HoldGuard(0); Save(CONTACT_CODE_SENT) }
end_contact:  /* the contact approves, with the evidence of before or after the officer's step */
  atomic { state[0] == CONTACT_CODE_SENT && !late -> changed = false }
  atomic {
    if
#ifdef FAULT_TAKEN_OVER_BY_NOBODY
    :: IS_FINAL(state[0]) -> goto over
#else
    :: state[0] != CONTACT_CODE_SENT || changed -> goto over
#endif
    :: else ->
       assert(!capability_of_officer);                                  /* TO */
       Approved(CONTACT_TYPED)
    fi
  }
over:
  skip
}

/* CompleteRecovery, by whoever holds the capability that is good now. */
proctype Redeemer() {
end_wait:
  atomic {
    state[0] == APPROVED && !late ->
    if
#ifndef FAULT_RESET_WHILE_FROZEN
    :: frozen -> skip
#endif
    :: else ->
       assert(cause != NO_CAUSE && !told_no);                           /* P8 */
       assert(!frozen);                                                 /* FZ */
       assert(!(GUARDS_IN_TRUTH && cause == ONE_OFFICER));              /* P1 */
       Save(COMPLETED)
    fi
  }
  goto end_wait
}

proctype Others() {
end: do
  :: atomic { OPEN -> Save(CANCELLED); told_no = true }  /* the principal was told, and says no */
  :: atomic { OPEN -> late = true }
#ifdef FAULT_TIMER_APPROVES
  :: atomic { state[0] == IN_PERSON && delay_over -> Save(APPROVED) }
#endif
  :: atomic { late && !IS_FINAL(state[0]) -> Save(EXPIRED) }
  :: atomic { state[0] == IN_PERSON && !delay_over -> delay_over = true }
  :: atomic { link_state != NO_LINK -> freeze_wanted = true }           /* ReportDanger */
  :: atomic { freeze_wanted -> freeze_wanted = false; frozen = true }
  :: atomic { frozen -> frozen = false }
  :: atomic { end_untold -> end_untold = false; RecoveryEndedHeard(0) }
  :: atomic { link_state == NO_LINK -> AcceptInvitation() }
  :: atomic { link_state == ACTIVE -> RemoveTrustedContact() }
  :: atomic { link_state == REMOVAL_PENDING && !removal_due -> removal_due = true }
  :: atomic { link_state == REMOVAL_PENDING && removal_due && !HELD_BY_RECOVERY -> EndLink() }
  od
}

init {
  atomic {
    if :: AcceptInvitation() :: true fi;
    run Officer(1); run Officer(2); run FormerClaimant(); run Redeemer(); run Others()
  }
}
