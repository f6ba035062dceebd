package certificate

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Operation is something done to fen that a lock may stop.
type Operation uint8

// Operations that locks stop.
const (
	OpSplit        Operation = iota + 1 // a cut through the locked fen
	OpMerge                             // of a holding on which the lock rests
	OpOffer                             // offering the fen in a transfer
	OpAccept                            // accepting a transfer of the fen
	OpPledge                            // pledging the fen
	OpRelease                           // releasing a pledge on the fen
	OpHold                              // holding the fen for a proposal
	OpEnd                               // rejecting, withdrawing, lapsing or voiding the certificate
	OpFreeze                            // freezing the fen
	OpJudicial                          // moving the fen by judicial transfer
	OpSuccession                        // moving the fen by succession
	OpFinance                           // locking the fen for a financing, a resale, a buy-back, an early payment
	OpDisburse                          // instructing the payment for them
	OpClear                             // paying the fen at maturity, or later
	OpRecover                           // having a seller, a guarantor or a borrower pay for overdue fen
	operationCount = iota
)

// String is the operation's name in the documentation.
func (o Operation) String() string {
	names := [operationCount + 1]string{
		"", "split", "merge", "offer", "accept", "pledge", "release", "hold", "end", "freeze",
		"judicial-transfer", "succession", "finance", "disburse", "clear", "recover",
	}
	if int(o) >= len(names) {
		return ""
	}
	return names[o]
}

// Operations lists all operations in order.
func Operations() []Operation {
	all := make([]Operation, 0, operationCount)
	for o := OpSplit; o <= operationCount; o++ {
		all = append(all, o)
	}
	return all
}

// LockRule says what one kind of lock stops.
type LockRule struct {
	Kind  record.LockKind
	Stops []Operation
}

// LockTable is the whole table of which operation each kind of lock stops, in
// order of kind. A lock never stops the operation it was placed for: the
// acceptance of its own offer, the transfer ordered with its own freeze.
//
// Nothing stops a freeze (it rests behind what was there), and only a payment
// that was already instructed, or a clearing or a recourse under way, stops a
// court's transfer until it is resolved; a financing that was not instructed ends
// with it, as an offer does. A freeze stops every disposal but neither the release
// of a pledge nor a succession, after both of which it still rests on the fen; nor
// the clearing, whose payment then waits for the order. Once some fen are in a
// payment, nothing else pays for them.
func LockTable() []LockRule {
	disposal := []Operation{OpSplit, OpMerge, OpOffer, OpAccept, OpPledge, OpHold, OpEnd, OpFinance, OpDisburse, OpRecover}
	with := func(more ...Operation) []Operation { return slices.Concat(disposal, more) }
	return []LockRule{
		{record.LockProposal, with()},
		{record.LockOffer, with()},
		{record.LockFinancing, with()},
		{record.LockDisbursing, with(OpRelease, OpJudicial, OpSuccession, OpClear)},
		{record.LockPledge, with()},
		{record.LockFreeze, with(OpJudicial)},
		{record.LockClearing, with(OpRelease, OpJudicial, OpSuccession, OpClear)},
		{record.LockRecourse, with(OpRelease, OpJudicial, OpSuccession, OpClear)},
		{record.LockReturned, with(OpRelease, OpJudicial, OpSuccession, OpClear)},
	}
}

// Stops reports whether a lock of the kind stops the operation on its fen.
func Stops(kind record.LockKind, operation Operation) bool {
	switch operation {
	case OpFreeze:
		return false
	case OpRelease, OpSuccession, OpClear:
		return inPayment(kind)
	case OpJudicial:
		return inPayment(kind) || kind == record.LockFreeze
	default:
		return true
	}
}

// inPayment reports whether money for fen under the lock is on its way, or kept for
// them.
func inPayment(kind record.LockKind) bool {
	switch kind {
	case record.LockDisbursing, record.LockClearing, record.LockRecourse, record.LockReturned:
		return true
	default:
		return false
	}
}

// checkFree refuses when the fen were paid already (REDEEMED), or when a lock on
// some of them stops the operation: FROZEN for a freeze, else HOLDING_LOCKED. Locks
// are asked in order of priority; those placed for the order own are passed over.
func checkFree(h *record.Holding, fen interval.Interval, operation Operation, own string) error {
	if err := checkOwed(h); err != nil {
		return err
	}
	for _, lock := range h.Locks {
		shared, ok := lock.Interval.Intersect(fen)
		if !ok || own != "" && lock.Order == own || !Stops(lock.Kind, operation) {
			continue
		}
		return lockRefusal(h, lock, shared)
	}
	return nil
}

// checkOwed refuses with REDEEMED what was paid: nothing can be done with it any
// more.
func checkOwed(h *record.Holding) error {
	if h.Redeemed != 0 {
		return code.Redeemed.New("holding %d of certificate %s was paid at %s", h.ID, h.Certificate, h.Redeemed)
	}
	return nil
}

// checkCut refuses when a lock that stops splits rests on both sides of a cut
// behind the fen at: cutting beside locked fen is free, cutting through them is
// not.
func checkCut(h *record.Holding, at interval.Interval) error {
	for _, lock := range h.Locks {
		if lock.Interval.Contains(at) && Stops(lock.Kind, OpSplit) {
			return lockRefusal(h, lock, lock.Interval)
		}
	}
	return nil
}

// checkRoom refuses with LIMIT_EXCEEDED one more lock on a holding that has
// MaxLocks: every operation on it reads them all.
func checkRoom(h *record.Holding) error {
	if len(h.Locks) >= MaxLocks {
		return code.LimitExceeded.New("holding %d of certificate %s has %d locks", h.ID, h.Certificate, len(h.Locks))
	}
	return nil
}

func lockRefusal(h *record.Holding, lock record.Lock, fen interval.Interval) error {
	why := code.HoldingLocked
	if lock.Kind == record.LockFreeze {
		why = code.Frozen
	}
	return why.New("fen %s of certificate %s, holding %d: %s %s", fen, h.Certificate, h.ID, lock.Kind, lock.Order)
}
