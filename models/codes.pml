/* otp: one code, its attempts, its end; and that nobody evaluates more guesses than allowed.

   Three checks run at the same time, each with its own request id, each perhaps cut between two transactions
   and sent again; the contact asks for a code again, or for a fresh verification after an expiry; two calls
   of recovery consume. The guesser types a wrong code, one that was sent for another purpose (the principal's
   own code, which the attacker knows), or the right one: the one that is right when he types it.

   Promised here:
   C1  one verification is approved once and consumed once;
   C2  no more guesses are compared than the limits of code and request allow, whatever is cut or resent;
   C3  only the present code, in its time, for this purpose, approves. */

#include "names.pml"
#ifndef CHECKS
#define CHECKS 3
#endif
#define PER_CODE 2     /* policy: attempts on one code */
#define PER_REQUEST 2  /* ... and on all codes of one recovery */
#define SENDS 3        /* codes in all, whether resent or of a fresh verification */
mtype:guess = { WRONG, RIGHT, OTHER_PURPOSE };

/* --- the verification */
mtype:code state = PENDING;
byte code_number = 1;  /* grows with every send, also over verifications */
byte on_code = 0;      /* attempts charged on the present code */
byte on_request = 0;   /* ... and on all codes of this recovery */
bool expired = false;  /* the clock has passed the present code's end */
/* --- one attempt for each check, as it is kept in the record: 0 none, else the code it was meant for */
byte charged_for[CHECKS];
byte approved_by = 0;  /* the check that approved; 0: none */
bool consume_answered[2];
/* --- for the assertions */
byte compared_on_code[SENDS + 1], compared_on_request = 0, approvals = 0, uses = 0;
bool compared[CHECKS];  /* the same request compares the same bytes: a repetition tells nothing new */

#define ATTEMPTS_LEFT (on_code < PER_CODE && on_request < PER_REQUEST)

/* A guess at code number `n` is looked at. */
inline Compare(i, n) {
  if
  :: !compared[i] ->
     compared[i] = true;
     compared_on_request++;
     compared_on_code[n]++
  :: else
  fi;
  assert(compared_on_request <= PER_REQUEST);  /* C2 */
  assert(compared_on_code[n] <= PER_CODE)      /* C2 */
}

inline Charge(i, n) {
  charged_for[i] = n;
  on_code++;
  on_request++
}

/* Whether what was typed is code number `n`: its hash is bound to purpose, address, request. */
#ifdef FAULT_NOT_BOUND
#define MATCHES(n) (typed == RIGHT && meant == n || typed == OTHER_PURPOSE)
#else
#define MATCHES(n) (typed == RIGHT && meant == n)
#endif

/* CheckVerification. `meant` is the code that was the present one when he typed. */
proctype Check(byte i) {
  mtype:guess typed;
  byte meant, number;
  atomic {
    if :: typed = WRONG :: typed = RIGHT :: typed = OTHER_PURPOSE fi;
    meant = code_number
  }
end_send:
#ifdef FAULT_CHARGE_AFTER_COMPARE
  atomic { state == PENDING && ATTEMPTS_LEFT && !expired -> number = code_number; Compare(i, number) }
  CUT(end_send);
  atomic {
    if
    :: charged_for[i] == 0 && ATTEMPTS_LEFT -> Charge(i, number)
    :: else
    fi
  }
#else
  atomic {  /* the first transaction: the charge. A repetition finds what it charged before. */
    charged_for[i] != 0 || (state == PENDING && ATTEMPTS_LEFT && !expired) ->
    if
    :: charged_for[i] == 0 -> Charge(i, code_number)
    :: else
    fi;
    number = charged_for[i]
  }
  CUT(end_send);
  atomic {  /* then the comparison; an attempt that has approved is not compared again */
    approved_by != i + 1 -> Compare(i, number)
  }
#endif
  if
  :: MATCHES(number)
  :: else -> goto over
  fi;
  CUT(end_send);
  atomic {  /* the second transaction: the approval */
    if
    :: approved_by == i + 1
#if defined(FAULT_APPROVED_TWICE)
    :: approved_by != i + 1 && number == code_number && !expired ->
#elif defined(FAULT_OLD_CODE_COUNTS)
    :: approved_by != i + 1 && state == PENDING && !expired ->
#elif defined(FAULT_EXPIRED_APPROVES)
    :: approved_by != i + 1 && state == PENDING && number == code_number ->
#else
    :: approved_by != i + 1 && state == PENDING && number == code_number && !expired ->
#endif
       assert(typed == RIGHT && meant == code_number && !expired);  /* C3 */
       state = CODE_APPROVED;
       approved_by = i + 1;
       approvals++;
       assert(approvals <= 1)  /* C1 */
    :: else
    fi
  }
over:
  skip
}

/* ConsumeVerification; two calls with different request ids, each perhaps repeated under its own. */
proctype Consume(byte call) {
end_send:
  atomic {
    state == CODE_APPROVED || state == CONSUMED ->
    if
    :: consume_answered[call]  /* the kept answer */
#ifdef FAULT_CONSUME_TWICE
    :: !consume_answered[call] ->
#else
    :: !consume_answered[call] && state == CODE_APPROVED ->
#endif
       state = CONSUMED;
       consume_answered[call] = true;
       uses++;
       assert(uses <= 1)  /* C1 */
    :: else
    fi
  }
  CUT(end_send)
}

inline NewCode() {
  code_number++;
  expired = false;
#ifdef FAULT_RESEND_RESETS_ATTEMPTS
  on_request = 0;
#endif
  on_code = 0
}

proctype Sends() {
end: do
  :: atomic { state == PENDING && ATTEMPTS_LEFT && !expired && code_number < SENDS ->
       NewCode() }  /* Resend */
  :: atomic {  /* a fresh verification after one that has ended: what was charged stays counted */
       (expired || state != PENDING) && on_request < PER_REQUEST && code_number < SENDS ->
       NewCode();
       state = PENDING;
       approved_by = 0;
       approvals = 0;
       uses = 0;
       consume_answered[0] = false;
       consume_answered[1] = false;
#ifdef FAULT_RENEWAL_FORGETS_ATTEMPTS
       on_request = 0
#endif
     }
  :: atomic { state == PENDING && !expired -> expired = true }
  :: atomic { state == PENDING || state == CODE_APPROVED -> state = CODE_CANCELLED }  /* recovery has ended */
  od
}

init {
  atomic {
    byte i;
    for (i : 0 .. CHECKS - 1) { run Check(i) }
    run Consume(0);
    run Consume(1);
    run Sends()
  }
}
