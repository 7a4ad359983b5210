/* Effects at other services: a row of the outbox that is written with the change it belongs to, sent until it
   is answered, and taken once by a receiver that knows the request id; and events that a follower reads in
   their order, with its place kept in the transaction of what they caused.

   The sender and the follower are killed anywhere, any number of times; messages are lost, late and doubled.

   Promised here:
   OB  an acknowledged change is there after every crash, and so is its effect: once, in the end;
   EV  every event has its effect once, in the order of commits. */

#define EVENTS 2
/* --- the sender's store: what is in it survives */
bool change = false, row = false;
/* --- the receiver's store */
byte effects = 0;
bool request_known = false;
/* --- the follower's store */
byte place = 0, heard[EVENTS];
byte events = 0;            /* committed by the sender */
/* --- for the assertions */
bool acknowledged = false;

/* Any call of the sender that changes something; it may die between two steps and is then sent again. */
proctype Change() {
end_send:
  if
  :: change -> goto answer  /* the kept answer */
  :: !change
  fi;
#ifdef FAULT_ROW_AFTER_COMMIT
  atomic { change = true; events = 1 };
  if :: true :: goto end_send fi;
  row = true;
#else
  atomic { change = true; row = true; events = 1 };
#endif
  if :: true :: goto end_send fi;
answer:
  acknowledged = true;
  if :: events < EVENTS -> events++ :: true fi
}

/* The dispatcher: sends what is in the outbox, and removes the row when it was answered. */
proctype Dispatcher() {
  bool answered;
end_idle:
  row;
  answered = false;
#ifdef FAULT_ROW_REMOVED_FIRST
  row = false;
  if :: true :: goto end_idle fi;
#endif
  atomic {
    if
    :: true                 /* lost on its way, or the receiver is not there */
#ifdef FAULT_FRESH_REQUEST_ID
    :: effects < 3 -> effects++; answered = true
#else
    :: !request_known -> request_known = true; effects++; answered = true
    :: request_known -> answered = true
#endif
    :: effects == 0 -> request_known = true; effects++  /* taken, but the answer is lost */
    fi
  }
  if :: true :: goto end_idle fi;  /* killed before it could write that down */
  if
  :: answered -> row = false
  :: else
  fi;
  goto end_idle
}

/* rpc follower: one transaction for the effect and the place. */
proctype Follower() {
  byte next;
end_idle:
  atomic { place < events -> next = place }
#if defined(FAULT_PLACE_FIRST)
  place = next + 1;
  if :: true :: goto end_idle fi;
  heard[next]++;
#elif defined(FAULT_PLACE_LATER)
  heard[next]++;
  if :: true :: goto end_idle fi;
  place = next + 1;
#else
  atomic { heard[next]++; place = next + 1 }
#endif
  assert(heard[next] <= 1);                               /* EV */
  assert(next == 0 || heard[next - 1] == 1);              /* EV */
  if :: true :: goto end_idle fi
}

/* The end of a quiet day: nothing waits any more. */
proctype Observer() {
end_wait:
  atomic {
    acknowledged && !row && place == events ->
    assert(change);                                       /* OB */
    assert(effects == 1);                                 /* OB */
    assert(heard[0] == 1)                                 /* EV */
  }
}

init {
  atomic { run Change(); run Dispatcher(); run Follower(); run Observer() }
}
