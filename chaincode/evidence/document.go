package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// DocumentID is the id of a contract or delivery: 32 hexadecimal digits made
// from the parties and the hash of the document. Everybody who has the document
// knows the id, and recording it twice is noticed.
func DocumentID(buyer, seller string, document record.Digest) string {
	sum := sha256.Sum256([]byte(buyer + "|" + seller + "|" + document.String()))
	return hex.EncodeToString(sum[:16])
}

// maxTermDays is the longest payment term that can be recorded, ten years.
const maxTermDays = 3650

// ContractArgument describes a trade contract of the signer.
type ContractArgument struct {
	Buyer    string        `json:"buyer"`
	Seller   string        `json:"seller"`
	Document record.Digest `json:"document"` // SHA-256 of the document
	Signed   calendar.Date `json:"signed"`
	Amount   money.Fen     `json:"amount"`                                 // tax-inclusive, or 0.00 for a framework contract
	TermDays int32         `json:"termDays"`                               // agreed payment term after delivery, or 0 when none is agreed
	Agreed   bool          `json:"agreed"`                                 // a clause agrees to payment by certificate
	LateRate money.Rate    `json:"lateRate,omitzero" metadata:",optional"` // late interest agreed, percent a year; left out: none, and the statutory rate applies
}

// DocumentResult is the id under which a contract or delivery was recorded.
type DocumentResult struct {
	ID string `json:"id"`
}

// RecordContract records a trade contract. The classes of both parties are kept
// as they are now, for DAYS-60.
//
// Refusals, in order: the codes of the parties (BAD_NUMBER), equal parties, no
// document hash, a term outside 0 to 3650 days (BAD_ARGUMENT), an amount below zero
// (BAD_AMOUNT), late interest outside 0 to 100 % a year (BAD_RATE), a date of signing
// in the future (BAD_DATE); the signer, who must be
// a maker (ROLE_MISSING) of the buyer or the seller (NOT_AUTHORISED); an unknown
// party (MEMBER_UNKNOWN); rule LATE-INTEREST (LATE_RATE_INVALID); the same document between the same parties
// (ALREADY_EXISTS).
func RecordContract(w *world.World, in ContractArgument) (DocumentResult, error) {
	if err := checkContract(w, in); err != nil {
		return DocumentResult{}, err
	}
	by, err := requireParty(w, in.Buyer, in.Seller)
	if err != nil {
		return DocumentResult{}, err
	}
	buyer, err := member.Get(w, in.Buyer)
	if err != nil {
		return DocumentResult{}, err
	}
	seller, err := member.Get(w, in.Seller)
	if err != nil {
		return DocumentResult{}, err
	}
	if err := checkLateRate(w, in); err != nil {
		return DocumentResult{}, err
	}
	id := DocumentID(in.Buyer, in.Seller, in.Document)
	if found, err := world.Exists(w, record.ContractKey(id)); err != nil {
		return DocumentResult{}, err
	} else if found {
		return DocumentResult{}, code.AlreadyExists.New("contract %s", id)
	}
	world.Put(w, record.ContractKey(id), &record.TradeContract{
		ID: id, Buyer: in.Buyer, Seller: in.Seller, Document: in.Document, Signed: in.Signed,
		Amount: in.Amount, TermDays: in.TermDays, Agreed: in.Agreed,
		SellerClass: seller.Class, BuyerClass: buyer.Class, RecordedBy: by.ID, Recorded: w.Now(), LateRate: in.LateRate,
	})
	w.Notify(record.NoticeOf{
		Kind: record.ContractRecorded, Subject: id, Members: []string{in.Buyer, in.Seller}, Amount: in.Amount,
	})
	return DocumentResult{ID: id}, nil
}

// maxLateRate is the highest late interest that can be agreed, percent a year.
const maxLateRate = 100_0000

// checkLateRate is LATE-INTEREST: an agreed rate is at least the one-year LPR of the
// contract's date (Order 802 art. 17).
func checkLateRate(w *world.World, in ContractArgument) error {
	if in.LateRate == 0 {
		return nil
	}
	pack, err := rules.Current(w)
	if err != nil {
		return err
	}
	if lpr, ok := rules.LPR(pack, in.Signed); ok && in.LateRate < lpr {
		return w.Refused(pack.Ordinal, record.LateInterest,
			code.LateRateInvalid.New("%s %% a year, the LPR of %s was %s %%", in.LateRate, in.Signed, lpr))
	}
	w.Passed(pack.Ordinal, record.LateInterest)
	return nil
}

func checkContract(w *world.World, in ContractArgument) error {
	if err := checkParties(in.Buyer, in.Seller); err != nil {
		return err
	}
	if in.Document.IsZero() {
		return code.BadArgument.New("the contract has no document hash")
	}
	if in.TermDays < 0 || in.TermDays > maxTermDays {
		return code.BadArgument.New("a payment term is 0 to %d days, not %d", maxTermDays, in.TermDays)
	}
	if in.Amount < 0 {
		return code.BadAmount.New("contract of %s", in.Amount)
	}
	if in.LateRate < 0 || in.LateRate > maxLateRate {
		return code.BadRate.New("late interest of %s %% a year", in.LateRate)
	}
	return checkPast(w, "signing", in.Signed)
}

// DeliveryArgument describes goods or services that the signer accepted.
type DeliveryArgument struct {
	Contract string        `json:"contract"`
	Document record.Digest `json:"document"` // SHA-256 of the acceptance document
	Accepted calendar.Date `json:"accepted"`
	Amount   money.Fen     `json:"amount"` // tax-inclusive worth of what was accepted
}

// RecordDelivery records the buyer's acceptance of goods or services. Terms of
// payment count from its date.
//
// Refusals, in order: no document hash (BAD_ARGUMENT), an amount of zero or less
// (BAD_AMOUNT), a date in the future (BAD_DATE); the signer, who must be a maker
// (ROLE_MISSING); an unknown contract (EVIDENCE_MISSING); a signer who is not its
// buyer (NOT_AUTHORISED); the same document between the same parties
// (ALREADY_EXISTS).
func RecordDelivery(w *world.World, in DeliveryArgument) (DocumentResult, error) {
	if in.Document.IsZero() {
		return DocumentResult{}, code.BadArgument.New("the delivery has no document hash")
	}
	if in.Amount <= 0 {
		return DocumentResult{}, code.BadAmount.New("delivery of %s", in.Amount)
	}
	if err := checkPast(w, "acceptance", in.Accepted); err != nil {
		return DocumentResult{}, err
	}
	by, err := member.Require(w, record.Maker, 0)
	if err != nil {
		return DocumentResult{}, err
	}
	contract, err := world.Find(w, record.ContractKey(in.Contract))
	if err != nil {
		return DocumentResult{}, err
	}
	if contract == nil {
		return DocumentResult{}, code.EvidenceMissing.New("contract %.40q", in.Contract)
	}
	if by.ID != contract.Buyer {
		return DocumentResult{}, code.NotAuthorised.New("only the buyer %s can accept a delivery", contract.Buyer)
	}
	id := DocumentID(contract.Buyer, contract.Seller, in.Document)
	if found, err := world.Exists(w, record.DeliveryKey(id)); err != nil {
		return DocumentResult{}, err
	} else if found {
		return DocumentResult{}, code.AlreadyExists.New("delivery %s", id)
	}
	world.Put(w, record.DeliveryKey(id), &record.Delivery{
		ID: id, Contract: contract.ID, Buyer: contract.Buyer, Seller: contract.Seller,
		Document: in.Document, Accepted: in.Accepted, Amount: in.Amount, Recorded: w.Now(),
	})
	w.Notify(record.NoticeOf{
		Kind: record.DeliveryRecorded, Subject: id,
		Members: []string{contract.Buyer, contract.Seller}, Amount: in.Amount,
	})
	return DocumentResult{ID: id}, nil
}

// Contract returns a trade contract between a payer and a receiver. It refuses
// with EVIDENCE_MISSING when it is not on the ledger and with EVIDENCE_PARTIES when
// it is between others.
func Contract(w *world.World, id, buyer, seller string) (*record.TradeContract, error) {
	contract, err := world.Find(w, record.ContractKey(id))
	if err != nil {
		return nil, err
	}
	if contract == nil {
		return nil, code.EvidenceMissing.New("contract %.40q", id)
	}
	if contract.Buyer != buyer || contract.Seller != seller {
		return nil, code.EvidenceParties.New("contract %s is between buyer %s and seller %s, not %s and %s",
			id, contract.Buyer, contract.Seller, buyer, seller)
	}
	return contract, nil
}

// requireParty returns the signer's member, which must be one of the parties.
func requireParty(w *world.World, parties ...string) (*record.Member, error) {
	by, err := member.Require(w, record.Maker, 0)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(parties, by.ID) {
		return nil, code.NotAuthorised.New("member %s is neither buyer nor seller", by.ID)
	}
	return by, nil
}

func checkParties(buyer, seller string) error {
	if err := number.CheckSocialCredit(buyer); err != nil {
		return err
	}
	if err := number.CheckSocialCredit(seller); err != nil {
		return err
	}
	if buyer == seller {
		return code.BadArgument.New("buyer and seller are both %s", buyer)
	}
	return nil
}

func checkPast(w *world.World, what string, day calendar.Date) error {
	if day <= 0 {
		return code.BadDate.New("no date of %s", what)
	}
	if err := day.Valid(); err != nil {
		return err
	}
	if day > w.Today() {
		return code.BadDate.New("the date of %s, %s, is after today, %s", what, day, w.Today())
	}
	return nil
}
