/* Names of the states, as in the tables of the services, and words that every part of the model uses. */

mtype:recovery = { NOT_STARTED, AWAITING_OWN_CODE, AWAITING_CONTACT, CONTACT_CODE_SENT, HELD, IN_PERSON,
                   APPROVED, COMPLETED, REJECTED, EXPIRED, CANCELLED, LOCKED };
mtype:link = { NO_LINK, ACTIVE, REMOVAL_PENDING };
mtype:code = { NO_CODE, PENDING, CODE_APPROVED, CONSUMED, CODE_CANCELLED, CODE_LOCKED };

/* Why a recovery is APPROVED: the human step that led there. Kept for the assertions only. */
mtype:cause = { NO_CAUSE, NOBODY_GUARDS, CONTACT_TYPED, TWO_OFFICERS, ONE_OFFICER };

#define IS_FINAL(s) \
  (s == COMPLETED || s == REJECTED || s == EXPIRED || s == CANCELLED || s == LOCKED)
#define BEFORE_CONTACT(s) (s == AWAITING_CONTACT || s == CONTACT_CODE_SENT)
/* The own code is proved and the end has not come: the time in which the link must stay as it is. */
#define PROVED_AND_OPEN(s) (BEFORE_CONTACT(s) || s == HELD || s == IN_PERSON || s == APPROVED)

/* Where the process that runs a handler may be killed, or give up on a peer that does not answer. What it had
   in memory is gone; what was committed stays. The caller may send the call again, any number of times. */
#define CUT(label) if :: true :: goto label fi
