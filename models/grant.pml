/* The grant, and the new password that is set in another service.

   recovery marks the redemption, asks identity, writes the outcome; identity takes one reset for a recovery.
   Two claimants know the grant (the principal, and the attacker with a copy of the page); the first one's
   call is repeated while it may still be under way. Callers die, answers get lost, the clock runs.

   Promised here:
   G1  one grant sets one password;
   G2  whoever is told that his password is set is told the truth;
   G3  a cancel or a burnt grant that was acknowledged: no password was set with it, and none is set later;
   FZ  no password is set while the account is frozen. */

#include "names.pml"
#define CALLS 3             /* 0 and 1: the first claimant's, the same request twice; 2: the second's */
#define REDEEMER(call) (call == 2 -> 2 : 1)
#define TAKE_OVER 1         /* kTakeOverAfter, in ticks of the clock */
#define SAME_PROOF_FOR 2    /* kSameProofFor */
#define SETTLES 3           /* kRedemptionSettles, and the life of a proof */
#define LAST_TICK 4
#define REFUSED_PASSWORDS 2
mtype:answer = { NONE, SET, PROOF_USED, PASSWORD_REFUSED, REFUSED_OTHERWISE };

/* --- recovery */
mtype:recovery state = APPROVED;
byte redeemer = 0;          /* grant.redemption; 0: none is marked */
byte started = 0;           /* of the proof that its calls carry */
byte last_asked = 0;        /* when the last call under this mark asked identity */
bool mixed = false;         /* another redeemer's outcome is unknown, too */
bool repeated = false;      /* more than one call asks identity under this mark */
byte refused = 0;
bool grant_over = false;    /* the clock has passed expires_at */
byte now = 0;
/* --- identity */
byte password = 0;          /* whose it is; 0: the old one */
bool proof_used = false;
byte set_started = 0;       /* with password: the request id under which it was set */
bool frozen = false;
bool breaks_rules[3];       /* whether this claimant's password does; decided once, like the password */
/* --- a ResetPassword on its way */
bool in_flight[CALLS];
byte asked_at[CALLS];       /* its proof's time */
mtype:answer answer[CALLS] = NONE;

#define MARK_LIVES (redeemer != 0 && now < started + SETTLES)
#define IS_OVER (grant_over && !MARK_LIVES)

inline ClearMark() {
  redeemer = 0;
  mixed = false;
  repeated = false;
  started = 0;
  last_asked = 0
}

inline End(to) {
  assert(to == EXPIRED || to == COMPLETED || !proof_used);  /* G3 */
  state = to;
  redeemer = 0;
  mixed = false;
  repeated = false;
  started = 0;
  last_asked = 0
}

#ifdef FAULT_TAKEN_OVER_BY_AGE
#define MAY_TAKE_OVER (now >= started + TAKE_OVER)
#else
#define MAY_TAKE_OVER (now >= last_asked + TAKE_OVER)
#endif

/* IsSame: the mark is still the one that this call made or found. */
#define SAME_MARK(call) (redeemer == REDEEMER(call) && started == begun)
#ifdef FAULT_USED_BY_WHOMEVER
#define USED_BY_ME(call) (!was_mixed)
#else
#define USED_BY_ME(call) (!was_mixed && SAME_MARK(call))
#endif

/* CompleteRecovery. */
proctype Complete(byte call) {
  byte begun;
  bool was_mixed;
end_wait:
  atomic {  /* BeginRedemption */
    state == APPROVED && !IS_OVER &&
      (redeemer == 0 || redeemer == REDEEMER(call) || MAY_TAKE_OVER) ->
    if
    :: redeemer == 0 -> redeemer = REDEEMER(call); started = now
    :: redeemer == REDEEMER(call) ->  /* a repetition: the very same bytes, or a new proof */
       repeated = true;
       if :: now >= started + SAME_PROOF_FOR -> started = now :: else fi
    :: redeemer != 0 && redeemer != REDEEMER(call) -> redeemer = REDEEMER(call); started = now; mixed = true
    fi;
    begun = started;
    last_asked = now;
    was_mixed = mixed;
    if
    :: asked_at[call] = started; in_flight[call] = true
    :: goto over                                      /* killed before it asked, or identity is not there */
    fi
  }
  if
  :: answer[call] != NONE
  :: goto over                                        /* killed later, or gave up: the mark stays */
  fi;
  atomic {
    if
    :: answer[call] == SET || (answer[call] == PROOF_USED && USED_BY_ME(call)) ->
       if
       :: state == APPROVED -> End(COMPLETED); assert(password == REDEEMER(call))  /* G2 */
       :: else                                        /* another call has written it, or it is too late */
       fi
    :: answer[call] == PROOF_USED && !USED_BY_ME(call) ->  /* told GRANT_USED: somebody's password was set */
       if :: state == APPROVED -> End(COMPLETED) :: else fi
    :: answer[call] == PASSWORD_REFUSED && state == APPROVED && SAME_MARK(call) ->
       refused++;
       if
       :: refused == REFUSED_PASSWORDS -> End(LOCKED)
       :: else -> ClearMark()
       fi
    #ifdef FAULT_ABANDONED_BY_ONE
    :: answer[call] == REFUSED_OTHERWISE && state == APPROVED && SAME_MARK(call) -> ClearMark()
#else
    :: answer[call] == REFUSED_OTHERWISE && state == APPROVED && SAME_MARK(call) && !repeated -> ClearMark()
#endif
    :: else
    fi
  }
over:
  skip
}

/* identity's ResetPassword: looks, hashes, and decides once more in the transaction that sets it. */
proctype Reset(byte call) {
  byte seen;
end_wait:
  in_flight[call];
  atomic {
    if
    :: password == REDEEMER(call) && set_started == asked_at[call] -> answer[call] = SET; goto over
    :: else
    fi;
    if
    :: now >= asked_at[call] + SETTLES -> answer[call] = REFUSED_OTHERWISE; goto over  /* too old */
    :: else
    fi
#ifndef FAULT_RULES_BEFORE_PROOF
    ; seen = password
#endif
  }
  atomic {
    if
#ifdef FAULT_FREEZE_BEFORE_PROOF
    :: frozen -> answer[call] = REFUSED_OTHERWISE; goto over
#endif
#ifndef FAULT_RESET_NOT_ONCE
    :: proof_used -> answer[call] = PROOF_USED; goto over
#endif
    :: !proof_used && frozen -> answer[call] = REFUSED_OTHERWISE; goto over
    :: else
    fi
  }
  atomic {  /* the rules, among them: not one of the last passwords */
#ifdef FAULT_RULES_BEFORE_PROOF
    seen = password;
#endif
    if
    :: breaks_rules[REDEEMER(call)] || seen == REDEEMER(call) -> answer[call] = PASSWORD_REFUSED; goto over
    :: else
    fi
  }
  atomic {
    if
    :: password == REDEEMER(call) && set_started == asked_at[call] -> answer[call] = SET
#ifndef FAULT_RESET_NOT_ONCE
    :: proof_used && !(password == REDEEMER(call) && set_started == asked_at[call]) ->
       answer[call] = PROOF_USED
#endif
#ifndef FAULT_RESET_WHILE_FROZEN
    :: !proof_used && frozen -> answer[call] = REFUSED_OTHERWISE
#endif
    :: else ->
       assert(!proof_used);                             /* G1 */
       assert(!frozen);                                 /* FZ */
       assert(state != CANCELLED && state != LOCKED);   /* G3 */
       proof_used = true;
       password = REDEEMER(call);
       set_started = asked_at[call]
    fi;
    if
    :: answer[call] == NONE -> answer[call] = SET       /* or it is lost: the caller has gone */
    :: else
    fi
  }
over:
  atomic { in_flight[call] = false; asked_at[call] = 0 }
}

#ifdef FAULT_CANCEL_WHILE_COMPLETING
#define MAY_CANCEL true
#else
#define MAY_CANCEL (redeemer == 0)
#endif

#ifdef FAULT_RESET_OUTLIVES_TAKE_OVER
#define CALLS_HAVE_ENDED true
#else
/* "Longer than any call lasts": nobody takes over while the earlier reset can still come to its end. */
#define CALLS_HAVE_ENDED (!in_flight[0] && !in_flight[1] && !in_flight[2])
#endif

proctype Others() {
end: do
  :: atomic { state == APPROVED && !IS_OVER && MAY_CANCEL -> End(CANCELLED) }  /* by principal or claimant */
  :: atomic { state == APPROVED && IS_OVER -> End(EXPIRED) }                   /* the sweeper */
  :: atomic { !grant_over -> grant_over = true }
  :: atomic { now < LAST_TICK && CALLS_HAVE_ENDED -> now++ }
#ifndef NO_FREEZE
  :: atomic { !frozen -> frozen = true }
  :: atomic { frozen -> frozen = false }
#endif
  :: atomic { frozen && state == APPROVED && !IS_OVER && MAY_CANCEL -> End(CANCELLED) }  /* the news of it */
  od
}

init {
  atomic {
    if :: breaks_rules[1] = true :: true fi;
    if :: breaks_rules[2] = true :: true fi;
    byte call;
    for (call : 0 .. CALLS - 1) { run Complete(call); run Reset(call) }
    run Others()
  }
}
