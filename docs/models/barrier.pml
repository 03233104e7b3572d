/*
 * Barriers without end: the generation wraps around again and again.
 *
 * (a) nobody passes a barrier before all have arrived: assertAllArrived
 * (b) no wake-up is lost: assertSomebodyAwake, invalid end states, and `progress` under weak fairness
 * (c) nobody is two barriers ahead: assertNobodyTwoAhead
 * (e) with FAILURES: nobody waits forever for a rank that is gone
 */
#include "generation-barrier.inc.pml"

#ifdef CHECK_PROGRESS
bit passing;
#endif
byte gone;  /* ranks that have come to their end */

proctype Rank(byte me) {
  byte generation, r, i;
#ifdef BARRIERS
  byte n;
#endif
#ifdef MUTANT_EARLY_READ
  byte any;
#endif
  {
    do
#ifdef BARRIERS
    :: atomic { n == BARRIERS -> n = 0; break }
    :: atomic { n < BARRIERS -> n++ };
#else
    ::
#endif
       arrive();
#ifdef CHECK_PROGRESS
       if
       :: me == 1 -> passing = 1; passing = 0
       :: else
       fi
#endif
#ifdef FAILURES
    :: goto late           /* the program throws */
#endif
#ifdef LEAVING
    :: leave(); goto over  /* the program returns */
#endif
    od;
#ifdef BARRIERS
    goto over;
#endif
#ifdef FAILURES
failed:
    /* Nobody catches the error, and the rank's thread poisons the gang; or the program does, and closes. */
    if
    :: goto late
#ifdef LEAVING
    :: leave(); goto over
#endif
    fi;
late:
    poison();
#endif
over:
    skip
  }
#ifdef FAILURES
  unless { killed == me };
  atomic {
    asleep[me] = 0;
    gateRead[me] = NOT_READ;
    generation = 0;
    r = 0;
    i = 0;
    gone++
  }
#endif
}

init {
  byte i;
  atomic {
    do
    :: i < RANKS -> run Rank(i); i++
    :: else -> break
    od
  }
}

#ifdef CHECK_PROGRESS
#ifdef FAILURES
ltl progress { [] ((poisoned || gone > 0) -> <> (gone == RANKS)) }
#else
ltl progress { []<> passing }
#endif
#endif
