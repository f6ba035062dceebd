package view

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
)

// Class is a kind of records that are found by the members whom they concern.
type Class uint8

// Classes of records. Certificates, holdings, financings and legs have lists of their
// own.
const (
	Transfers Class = iota + 1
	Proposals
	Invoices
	Contracts
	Deliveries
	Confirmations
	Pledges
	Orders
)

// classOf is the class of what a notice is about, 0 for one that has none.
func classOf(kind record.NoticeKind) Class {
	switch kind {
	case record.TransferWasOffered, record.TransferWasAccepted, record.TransferWasRejected,
		record.TransferWasWithdrawn, record.TransferHasLapsed:
		return Transfers
	case record.ProposalMade, record.ProposalApproved, record.ProposalDecided:
		return Proposals
	case record.InvoiceRecorded, record.InvoiceVerified, record.InvoiceRedLetter:
		return Invoices
	case record.ContractRecorded:
		return Contracts
	case record.DeliveryRecorded:
		return Deliveries
	case record.ConfirmationAsked, record.ConfirmationAnswered, record.ConfirmationEscalated:
		return Confirmations
	case record.PledgeMade, record.PledgeWasReleased:
		return Pledges
	case record.FreezeMade, record.FreezeLifted, record.FreezeReduced, record.OwnershipOrdered:
		return Orders
	default:
		return 0
	}
}

type subjectID struct {
	member  string
	class   Class
	subject string
}

// place is where an outcome is: its block and its index there.
type place struct {
	height int64
	index  uint32
}

// addFeed notes whom an outcome concerns: its signer's member and everybody whom a
// notice names.
func (u *Update) addFeed(o *record.Outcome) {
	at := place{o.Height, o.Index}
	concerned := map[string]bool{o.Member: true}
	for _, n := range o.Effects.Notices {
		class := classOf(n.Kind)
		for _, member := range slices.Concat(n.Members, n.Opens, n.Closes) {
			concerned[member] = true
			id := subjectID{member, class, n.Subject}
			if _, known := u.subjects[id]; class != 0 && !known {
				u.subjects[id] = at
			}
		}
	}
	delete(concerned, "") // the sweep is nobody's
	for _, member := range slices.Sorted(maps.Keys(concerned)) {
		u.appended = append(u.appended, feedIndex(member).place(o.Height, o.Index))
	}
}

// writeSubjects writes what members learnt of in this block for the first time.
func (u *Update) writeSubjects(source Source, sink Sink) error {
	order := func(a, b subjectID) int {
		return cmp.Or(cmp.Compare(a.member, b.member), cmp.Compare(a.class, b.class), cmp.Compare(a.subject, b.subject))
	}
	for _, id := range slices.SortedFunc(maps.Keys(u.subjects), order) {
		k := subjectKey(id)
		before, err := source.Get(store.View, k)
		if err != nil {
			return fmt.Errorf("update %s of %s in the view: %w", id.subject, id.member, err)
		}
		if before != nil {
			continue
		}
		at := u.subjects[id]
		sink.Set(store.View, k, key(nil).place(at.height, at.index))
		sink.Set(store.View, classIndex(id.member, id.class).later(at.height, at.index).text(id.subject), nil)
	}
	return nil
}

// Feed lists the accepted outcomes that concern a member, oldest first: those that it
// signed and those of which a notice tells it. The cursor is a place in the ledger,
// which every node has.
func Feed(source Source, member string, cut Cut) (Page[record.Outcome], error) {
	prefix := feedIndex(member)
	return list(source, prefix, cut, func(k, _ []byte) (*record.Outcome, error) {
		return outcomeAt(source, k[len(prefix):])
	})
}

// FeedAfter is the cut of a member's feed from the first outcome after a place on.
func FeedAfter(member string, height int64, index uint32, limit int) Cut {
	return Cut{Cursor: base64.RawURLEncoding.EncodeToString(feedIndex(member).place(height, index)), Limit: limit}
}

// Subjects lists the ids of the records of a class of which notices told a member, those
// that it learnt of last first. Whether it may still see them is for the caller to say.
func Subjects(source Source, member string, class Class, cut Cut) (Page[string], error) {
	prefix := classIndex(member, class)
	const placed = 12 // bytes
	return list(source, prefix, cut, func(k, _ []byte) (*string, error) {
		id := string(k[len(prefix)+placed : len(k)-1])
		return &id, nil
	})
}
