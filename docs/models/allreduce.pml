/*
 * ShmCommunicator.allreduce, rounds without end.
 *
 * A round: write into the own slot, arrive, read all slots in rank order. Of a slot one word is modelled: what holds
 * for it holds for any, since all of them are written before the arrival and read after it. The same goes for what a
 * rank says of the call in its line (SIGNATURE, EXTENT). The word is the number of the round, modulo 4: enough to tell
 * a round from its neighbours, two of which may share a slot.
 *
 * (d) what a rank reads was written for the round it is in: the assertions in `reduce`
 *
 * TWO_BARRIERS: rank 0 reduces into one output slot, for all to read after a second barrier; one slot a rank.
 * MUTANT_SINGLE_SLOT: one slot a rank, one barrier.
 * FAILURES, LEAVING: ranks may fail or close at any round. A rank that has failed calls nothing any more.
 * MUTANT_RETRY: it calls once more, and so writes into the slot of the round before the one that failed.
 */
#include "generation-barrier.inc.pml"

#if defined(MUTANT_SINGLE_SLOT) || defined(TWO_BARRIERS)
#define SLOT(g, r) slot[r]
#else
#define SLOT(g, r) slot[((g) & 1) * RANKS + (r)]
#endif

byte slot[2 * RANKS];
#ifdef TWO_BARRIERS
byte result;
#endif

/* The values of the round, one rank after the other. */
inline reduce(round) {
  r = 0;
  do
  :: atomic { r < RANKS -> assert(SLOT(generation, r) == round); r++ }
  :: atomic { r == RANKS -> r = 0; break }
  od
}

proctype Rank(byte me) {
  byte generation, r, i;
  byte round;
#ifdef MUTANT_RETRY
  bit failedBefore;
#endif
  do
  ::
     atomic { round = (round + 1) % 4; SLOT(generation + 1, me) = round };
     arrive();
#ifdef TWO_BARRIERS
     if
     :: me == 0 -> reduce(round); result = round
     :: else
     fi;
     arrive();
     assert(result == round)
#else
     reduce(round)
#endif
#ifdef LEAVING
     ;
     if
     :: true
     :: leave(); goto over
     fi
#endif
#ifdef FAILURES
     ;
again:
     skip
#endif
  od;
#ifdef FAILURES
failed:
late:
#ifdef MUTANT_RETRY
  if
  :: !failedBefore -> failedBefore = 1; goto again
  :: failedBefore
  fi;
#endif
  poison();
over:
  skip
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
