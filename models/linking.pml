/* linking: all that is decided about one principal. Every inline is one transaction of the service; callers
   put it into an atomic block. Needs names.pml and RECOVERIES. SUSPENDED is left out: it is as ACTIVE. */

mtype:link link_state = NO_LINK;
bool removal_due = false;      /* the clock has reached removal_at of a pending removal */
bool hold[RECOVERIES];         /* Protection.holds */
bool hold_answered[RECOVERIES];  /* HoldGuard was answered; the same request id gets the same answer again */
bool said_guarded[RECOVERIES];   /* that answer: somebody guards */
bool same_link[RECOVERIES];      /* the link of that answer is the one that there still is */

#define HELD_BY_RECOVERY (hold[0] || hold[RECOVERIES - 1])
#define GUARDS_IN_TRUTH (link_state == ACTIVE || link_state == REMOVAL_PENDING)
#ifdef FAULT_REMOVAL_HISTORY
/* Judged by the wish in the row, not by what is in force: a removal that waits counts as done. */
#define GUARDS (link_state == ACTIVE)
#else
#define GUARDS GUARDS_IN_TRUTH
#endif

inline EndLink() {
  AssertNoOpenRecovery();
  link_state = NO_LINK;
  same_link[0] = false;
  same_link[RECOVERIES - 1] = false;
  removal_due = false
}

/* SettleLink: makes durable what the clock has decided. */
inline SettleLink() {
  if
  :: link_state == REMOVAL_PENDING && removal_due && !HELD_BY_RECOVERY -> EndLink()
  :: else
  fi
}

/* RequireNoOpenRecovery. */
#ifdef FAULT_REMOVAL_DURING_HOLD
#define MAY_END_LINK true
#else
#define MAY_END_LINK (!HELD_BY_RECOVERY)
#endif

/* Whoever holds the principal's session. link.removal_delay may be zero or not: both are tried. */
inline RemoveTrustedContact() {
  SettleLink();
  if
  :: link_state == ACTIVE && MAY_END_LINK ->
     if
     :: EndLink()
     :: link_state = REMOVAL_PENDING
     fi
  :: else
  fi
}

inline Resign() {
  if
  :: link_state == ACTIVE && MAY_END_LINK -> EndLink()
  :: else
  fi
}

/* TakeUp: settles, then looks once more whether somebody guards, then makes the link; all in one. */
inline AcceptInvitation() {
  SettleLink();
  if
#ifdef FAULT_ACCEPT_DURING_HOLD
  :: link_state == NO_LINK ->
#else
  :: link_state == NO_LINK && !HELD_BY_RECOVERY ->
#endif
     link_state = ACTIVE
  :: else
  fi
}

/* HoldGuard: settle, hold, answer; once for a request id. The answer is said_guarded[r]. */
inline HoldGuard(r) {
  if
  :: hold_answered[r]
  :: else ->
     SettleLink();
     said_guarded[r] = GUARDS;
     same_link[r] = GUARDS;
     hold_answered[r] = true;
#if defined(FAULT_NO_HOLD)
     skip
#elif defined(FAULT_HOLD_ONLY_IF_GUARDED)
     hold[r] = GUARDS
#else
     hold[r] = true
#endif
  fi
}

/* The event RecoveryEnded: a removal whose time has passed meanwhile takes effect now. */
inline RecoveryEndedHeard(r) {
#ifdef FAULT_END_RELEASES_ALL
  hold[0] = false;
  hold[RECOVERIES - 1] = false;
#endif
  hold[r] = false;
  SettleLink()
}
