/* The calls of link_vs_recovery.pml: the claimant's, the contact's, the principal's. One atomic block is one
   transaction or one answer of a peer; between two of them anything else may happen. A call judges time by
   the moment at which it began, like call.now. */

inline HoldByNews(r) {
  if
  :: BEFORE_CONTACT(state[r]) && !late[r] -> Save(r, HELD)
  :: else
  fi
}

inline AfterNews(r) {
  if
  :: state[r] == APPROVED && !late[r] && !marked[r] -> Save(r, CANCELLED)
  :: else -> HoldByNews(r)
  fi
}

inline EachHoldByNews() {
  HoldByNews(0);
#if RECOVERIES == 2
  HoldByNews(1)
#endif
}

inline EachAfterNews() {
  AfterNews(0);
#if RECOVERIES == 2
  AfterNews(1)
#endif
}

/* What identity does in one transaction: once for a recovery (the proof's jti), and never while frozen. */
inline ResetPassword(r) {
  assert(cause[r] != NO_CAUSE);                                   /* P8: a human step led here */
  assert(!told_no[r]);                                            /* P8 */
  assert(!(protected[r] && cause[r] == NOBODY_GUARDS));           /* P1 */
  assert(!(GUARDS_IN_TRUTH && cause[r] == NOBODY_GUARDS));        /* P1: guarded by now is guarded, too */
  assert(!frozen)                                                 /* FZ */
}

#define OPEN(r) (state[r] != NOT_STARTED && !IS_FINAL(state[r]) && !late[r])

proctype Claimant(byte r) {
  /* StartRecovery: one open recovery for a principal; a second start gets a decoy. */
end_start:
  atomic { (r == 0 || (state[0] != NOT_STARTED && !OPEN(0))) ->
    state[r] = AWAITING_OWN_CODE; late[r] = false }

end_verify:
  atomic { state[r] == AWAITING_OWN_CODE && !late[r] -> busy[r]++ }
  /* The own code is known to the attacker: otp says yes, and has it used up. */
  CUT(cut_verify);
  atomic {  /* TakeHold, so that whatever ends the recovery from now on also ends the hold */
    if
    :: state[r] == AWAITING_OWN_CODE -> hold_taken[r] = true
    :: else -> goto give_up
    fi
  }
  if
  :: true
  :: hold_late[r] = true; goto cut_verify
  fi;
  atomic { HoldGuard(r); protected[r] = protected[r] || GUARDS_IN_TRUTH }
  CUT(cut_verify);
  atomic {  /* ProveClaim */
    if
    :: state[r] != AWAITING_OWN_CODE -> goto give_up
    :: else ->
       late[r] = false;
       if
       :: frozen -> Save(r, HELD)
       :: !frozen && !said_guarded[r] -> Save(r, APPROVED); cause[r] = NOBODY_GUARDS
       :: !frozen && said_guarded[r] -> Save(r, AWAITING_CONTACT)
       fi
    fi
  }
  busy[r]--;

  /* CompleteRecovery */
end_complete:
  atomic { state[r] == APPROVED && !late[r] -> busy[r]++ }
again:
  atomic {  /* BeginRedemption */
    if
    :: state[r] == APPROVED -> marked[r] = true
    :: else -> goto give_up
    fi
  }
  CUT(again);
  atomic {
    if
#ifndef FAULT_RESET_WHILE_FROZEN
    :: frozen -> marked[r] = false; busy[r]--; goto end_complete  /* AbandonRedemption */
#endif
    :: else -> ResetPassword(r)
    fi
  }
  CUT(again);
  atomic { Save(r, COMPLETED); marked[r] = false }
give_up:
  busy[r]--;
  goto over;
cut_verify:
  atomic { busy[r]--; goto end_verify }
over:
  skip
}

/* The contact who was found at the proof, in his own cabinet; to anybody else the recovery is NOT_FOUND. */
proctype Contact(byte r; byte call) {
  bool same_guard;
end_waiting:
  if
  :: atomic { BEFORE_CONTACT(state[r]) && !late[r] && contact_code[r] != PENDING ->  /* SendContactCode */
       contact_code[r] = PENDING; typed[r] = false; Save(r, CONTACT_CODE_SENT) };
     goto end_waiting
  :: atomic { state[r] == AWAITING_CONTACT && !late[r] && contact_code[r] == PENDING ->
       typed[r] = false; Save(r, CONTACT_CODE_SENT) };  /* sent again: a new code, the old one is dead */
     goto end_waiting
  :: atomic { (BEFORE_CONTACT(state[r]) || state[r] == HELD) && !late[r] ->  /* RejectRecovery */
       Save(r, REJECTED);
       told_no[r] = true;
       if :: freeze_wanted = true :: true fi };
     goto over
  :: atomic { state[r] == CONTACT_CODE_SENT && !late[r] ->         /* ApproveRecovery */
       changed[call] = false; busy[r]++ }
  fi;
  CUT(cut);
  atomic { same_guard = (GUARDS && same_link[r]) }     /* GetGuard */
  atomic {
    if
    :: !same_guard ->                                              /* HoldAndRefuse */
       if :: BEFORE_CONTACT(state[r]) -> Save(r, HELD) :: else fi;
       goto cut
    :: frozen -> goto cut                                          /* CheckEligibility */
    :: else
    fi
  }
  atomic {  /* CheckVerification, ConsumeVerification */
    if
    :: contact_code[r] == PENDING || typed[r] -> contact_code[r] = CONSUMED; typed[r] = true
    :: else -> goto cut
    fi
  }
  CUT(cut);
  atomic {                                                         /* Approve: examined and written at once */
    if
#if defined(FAULT_REJECTED_REOPENED)
    :: false -> goto cut
#elif defined(FAULT_APPROVE_WITHOUT_VERSION)
    :: state[r] != CONTACT_CODE_SENT -> goto cut
#else
    :: state[r] != CONTACT_CODE_SENT || changed[call] -> goto cut
#endif
    :: else ->
       assert(typed[r]);                              /* EV */
       late[r] = false;
       Save(r, APPROVED);
       cause[r] = CONTACT_TYPED
    fi
  }
  busy[r]--;
  goto over;
cut:
  atomic { busy[r]--; goto end_waiting }
over:
  skip
}

/* CancelRecovery: the principal signed in, or the claimant. Once the password is being set it is too late. */
proctype Canceller(byte r) {
end_open:
#ifdef FAULT_CANCEL_WHILE_COMPLETING
  atomic { OPEN(r) -> Save(r, CANCELLED); told_no[r] = true }
#else
  atomic { OPEN(r) && !marked[r] -> Save(r, CANCELLED); told_no[r] = true }
#endif
}

inline StartAll(r) {
  run Claimant(r);
  run LateOnes(r);
  if
  :: r == 0 ->
     run Contact(r, 0);
#if RECOVERIES == 1
     run Contact(r, 1);
#endif
     run Canceller(r)
  :: else  /* of the second one it matters only what its claimant can do with what is left of the first */
  fi
}
