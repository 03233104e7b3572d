/*
 * The waiting of src/comm/shm: generation-barrier.ts and poison.ts, one Promela step for each operation of `Atomics`.
 * Those are sequentially consistent (ECMAScript, 29.10, memory model), as Promela is. Used by barrier.pml and
 * allreduce.pml; what is modelled, what is not, and what the defines mean: README.md.
 */

#ifndef RANKS
#define RANKS 3
#endif

/*
 * The code counts generations modulo 2^32. Of a generation it uses the parity and equality with what it finds in a
 * line. While a rank waits for g, a line of g's parity holds g or g - 2 or, before its first use, the initial number,
 * which is g - 1 or g - 2. Any even modulus keeps parities in turn over the wrap-around, and any modulus above 2
 * keeps g, g - 1 and g - 2 apart: 4 is the smallest that does both, and with it the model takes the very steps that
 * it would take with 2^32. That lines hold nothing else is asserted below (LINES_ARE_RECENT). Modulus 2 makes g - 2
 * pass for g, modulus 3 gives two generations in a row the same parity; check.sh has both fail.
 */
#ifndef MODULUS
#define MODULUS 4
#endif

/* The lines of one generation's ranks: two sets, used in turn. */
#ifdef MUTANT_SINGLE_LINE
#define PARITY(g) 0
#else
#define PARITY(g) ((g) & 1)
#endif
#define LINE(g, r) line[PARITY(g) * RANKS + (r)]

byte line[2 * RANKS];  /* GENERATION of each rank's lines; 0 is the initial generation */
/*
 * GATE_WORD, by what it is used for: whether it still is what a rank read. The code counts modulo 2^32; between a
 * rank's reading and its Atomics.wait the gate changes at most twice for each other rank (for g - 1 and g, where the
 * rank waits for g) and once for each failure and each communicator closed, so it cannot come round to the same value.
 */
mtype = { NOT_READ, CURRENT, CHANGED };
mtype gateRead[RANKS] = NOT_READ;
byte parked;           /* PARKED_WORD */
bit poisoned;          /* POISON_WORD: whether, not why */
bit hasLeft[RANKS];       /* LEFT */
bit asleep[RANKS];     /* blocked in Atomics.wait and not yet notified */
byte killed = RANKS;   /* the rank whose thread has been ended from outside */

/* For the assertions only. Arrivals are counted modulo 4: a difference of 2 or more shows before it gets to 4. */
byte arrivals[RANKS];
#define AHEAD(a, b) ((arrivals[a] + 4 - arrivals[b]) % 4)

/* A rank that calls again although its last call has failed does not wait for the others any more. */
#ifdef MUTANT_RETRY
#define MAY_BE_AHEAD 1
#else
#define MAY_BE_AHEAD 0
#endif

inline notify() {
  atomic {
    i = 0;
    do
    :: i < RANKS -> asleep[i] = 0; i++
    :: else -> i = 0; break
    od
  }
}

inline wakeAll() {
#ifdef MUTANT_NO_GATE_CHANGE
  skip;
#else
  atomic {
    i = 0;
    do
    :: i < RANKS ->
       gateRead[i] = (gateRead[i] == CURRENT -> CHANGED : gateRead[i]);
       i++
    :: else -> i = 0; break
    od
  };
#endif
  notify()
}

/* poison(): the mark, then the wake-up. */
inline poison() {
#ifdef MUTANT_WAKE_BEFORE_POISON
  wakeAll();
  poisoned = 1
#else
  poisoned = 1;
  wakeAll()
#endif
}

#define LINES_ARE_RECENT \
  assert(MAY_BE_AHEAD || MODULUS != 4 || ((generation + 4 - LINE(generation, r)) % 4 != 3))

/*
 * #firstMissing: one load a step, on from r; r is RANKS when nobody is missing. A rank's look at its own line is left
 * out: nobody else writes there.
 */
inline look() {
  do
  :: atomic { LINE(generation, r) == generation ->
       r++;
       r = (r == me -> r + 1 : r);
       if
       :: r >= RANKS -> break
       :: else
       fi
     }
  :: atomic { LINE(generation, r) != generation ->
       LINES_ARE_RECENT;
       break
     }
  od
}

inline assertNobodyTwoAhead() {
  i = 0;
  do
  :: i < RANKS -> assert(MAY_BE_AHEAD || AHEAD(me, i) != 2); i++
  :: else -> i = 0; break
  od
}

inline assertAllArrived() {
  i = 0;
  do
  :: i < RANKS -> assert(AHEAD(i, me) <= 1 || MAY_BE_AHEAD); i++
  :: else -> i = 0; break
  od
}

/*
 * If all ranks sleep, only a timeout gets them out. Where ranks may be gone, invalid end states say the same: see the
 * environment below.
 */
inline assertSomebodyAwake() {
#if !defined(FAILURES) && !defined(UNASSERTED)
  i = 0;
  do
  :: i < RANKS && asleep[i] -> i++
  :: else -> break
  od;
  assert(i < RANKS);
  i = 0
#else
  skip
#endif
}

#ifdef FAILURES
#define IF_POISONED_FAIL  if :: poisoned -> goto failed :: else fi
#endif

/* #refuseIfLeft */
inline refuseIfLeft() {
  do
  :: r >= RANKS -> break
  :: r < RANKS ->
     if
     :: hasLeft[r] ->
        if
        :: atomic { LINE(generation, r) != generation ->
             /* Refused for a rank that has really not come. */
             assert(MAY_BE_AHEAD || AHEAD(me, r) == 1);
             parked--;
             goto failed
           }
        :: LINE(generation, r) == generation
        fi
     :: else
     fi;
     r++
  od
}

/* arrive() */
inline arrive() {
#ifdef FAILURES
  if
  :: poisoned -> goto failed
#ifdef CHECK_EACH_LOOK
  :: !poisoned
#else
  :: true /* a plain load: it need not see what another thread has just stored */
#endif
  fi;
#endif
#ifdef MUTANT_EARLY_READ
  any = parked;
#endif
  atomic {
    generation = (generation + 1) % MODULUS;
    LINE(generation, me) = generation;
    arrivals[me] = (arrivals[me] + 1) % 4;
    r = (me == 0 -> 1 : 0);
    assertNobodyTwoAhead()
  };
  look();
  if
  :: r >= RANKS ->
#ifndef MUTANT_NO_WAKE
     if
#ifdef MUTANT_EARLY_READ
     :: any != 0 -> wakeAll()
#else
     :: parked != 0 -> wakeAll()
#endif
     :: else
     fi
#else
     skip
#endif
  :: else ->
     /* #spin: the number of looks may be any, so each of them may be the last one before parking. */
     do
     :: look();
        if
        :: r >= RANKS -> break
        :: else
        fi;
#ifdef FAILURES
        if
        :: IF_POISONED_FAIL
#ifndef CHECK_EACH_LOOK
        :: true /* one of the looks between two checks */
#endif
        fi
#endif
     :: break
     od;
     if
     :: r >= RANKS -> skip
     :: else -> park()
     fi
  fi;
  atomic {
    r = 0;
    assertAllArrived()
  }
}

/* #park */
inline park() {
#ifndef MUTANT_LATE_COUNT
  parked++;
#endif
  do
  ::
#ifndef MUTANT_LATE_GATE
     gateRead[me] = CURRENT;
#endif
     r = (me == 0 -> 1 : 0);
     look();
     if
     :: r >= RANKS -> gateRead[me] = NOT_READ; break
     :: else
     fi;
#ifdef FAILURES
     if
     :: atomic { poisoned -> parked--; goto failed }
     :: !poisoned
     fi;
#ifdef LEAVING
     refuseIfLeft();
#endif
     if
     :: true
     :: true -> parked--; goto late  /* #giveUp */
     fi;
#endif
#ifdef MUTANT_LATE_COUNT
     parked++;
#endif
#ifdef MUTANT_LATE_GATE
     gateRead[me] = CURRENT;
#endif
     /* Atomics.wait: comparing and going to sleep are one step. */
     atomic {
       if
       :: gateRead[me] == CURRENT -> asleep[me] = 1; assertSomebodyAwake()
       :: else
       fi;
       gateRead[me] = NOT_READ
     };
     !asleep[me]
#ifdef MUTANT_LATE_COUNT
     ;
     parked--
#endif
  od;
#ifndef MUTANT_LATE_COUNT
  parked--
#endif
}

/* leave() */
inline leave() {
  hasLeft[me] = 1;
  wakeAll()
}

/*
 * Atomics.wait may return for nothing: another communicator of the gang changes the gate, or notifies for a barrier
 * that this rank has already left. It need not, hence the other choice, which also keeps fairness from forcing it.
 * Without this process a lost wake-up is an invalid end state.
 */
#ifdef SPURIOUS
active proctype Environment() {
  byte i;
end:
  do
  :: i < RANKS - 1 -> i++
  :: i > 0 -> i--
  :: asleep[i] -> asleep[i] = 0
  od
}
#endif

/* The thread that started the ranks: cancels the run, or notices that a rank's thread is gone. */
#if defined(FAILURES) && !defined(NO_STARTER)
active proctype Starter() {
  byte i;
end:
  do
  :: i < RANKS - 1 -> i++
  :: atomic { true -> killed = i; i = 0; break }
  :: atomic { true -> i = 0; break }
  od;
  poison()
}
#endif
