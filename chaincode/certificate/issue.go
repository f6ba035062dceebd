package certificate

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Currency is the only one accepted.
const Currency = "CNY"

// IssueArgument is a debtor's promise to pay face on the maturity date.
type IssueArgument struct {
	Number      string              `json:"number"` // made by the client: see chaincode/number
	Creditor    string              `json:"creditor"`
	Face        money.Fen           `json:"face"`
	IssueDate   calendar.Date       `json:"issueDate,omitzero" metadata:",optional"` // today in Asia/Shanghai, the default
	Maturity    calendar.Date       `json:"maturity"`                                // nominal date
	Currency    string              `json:"currency"`
	Reference   string              `json:"reference"` // the debtor's own payment reference, unique for ever
	Contract    string              `json:"contract"`  // trade contract with the creditor
	Bank        string              `json:"bank,omitzero" metadata:",optional"`
	Line        string              `json:"line,omitzero" metadata:",optional"` // credit line of the bank, or neither
	Green       bool                `json:"green,omitzero" metadata:",optional"`
	GreenProof  record.Digest       `json:"greenProof,omitzero" metadata:",optional"` // hash of the evidence, exactly when green
	Allocations []record.Allocation `json:"allocations"`                              // cover face by invoices of the creditor
}

// Amount is what the debtor's own policy compares: the face.
func (in IssueArgument) Amount() money.Fen { return in.Face }

// IssueResult is the certificate that now awaits its first holder.
type IssueResult struct {
	Certificate string           `json:"certificate"`
	Payment     calendar.Date    `json:"payment"` // maturity rolled to a working day
	AcceptBy    calendar.Instant `json:"acceptBy"`
}

// Issue makes a certificate that its creditor may accept until AcceptBy. The
// face is reserved on the credit line, if one is named, and on the invoices.
//
// Refusals, in order: form (BAD_NUMBER, BAD_AMOUNT, BAD_DATE, BAD_ARGUMENT,
// CURRENCY_UNSUPPORTED); the actor is a debtor's maker (MEMBER_SUSPENDED,
// ROLE_MISSING) and the number is its own (BAD_NUMBER); REFERENCE_USED, which
// names the certificate, before NUMBER_USED; the creditor (TRANSFER_TO_DEBTOR,
// MEMBER_UNKNOWN, MEMBER_SUSPENDED, ROLE_MISSING); the contract
// (EVIDENCE_MISSING, EVIDENCE_PARTIES); rules DEFAULT-STOP (DEBTOR_STOPPED),
// TERM-MAX (TERM_TOO_LONG, REVIEW_MISSING); the line as credit.Reserve;
// EVIDENCE-COVER as evidence.Reserve.
func Issue(w *world.World, in IssueArgument) (IssueResult, error) {
	if err := checkIssueForm(w, in); err != nil {
		return IssueResult{}, err
	}
	debtor, err := member.Require(w, record.Maker, record.Debtor)
	if err != nil {
		return IssueResult{}, err
	}
	creditor, err := checkIssueParties(w, debtor, in)
	if err != nil {
		return IssueResult{}, err
	}
	contract, err := evidence.Contract(w, in.Contract, debtor.ID, creditor.ID)
	if err != nil {
		return IssueResult{}, err
	}
	pack, err := rules.Current(w)
	if err != nil {
		return IssueResult{}, err
	}
	if err := checkIssueRules(w, pack, in); err != nil {
		return IssueResult{}, err
	}
	if in.Line != "" {
		if err := credit.Reserve(w, in.Bank, in.Line, debtor.ID, in.Face); err != nil {
			return IssueResult{}, err
		}
	}
	if err := evidence.Reserve(w, pack, debtor.ID, creditor.ID, in.Face, in.Allocations); err != nil {
		return IssueResult{}, err
	}
	payment := rules.WorkingDays(pack).RollForward(in.Maturity)
	if err := evidence.FlagTerms(w, pack, debtor, creditor, in.Contract, in.Allocations, payment); err != nil {
		return IssueResult{}, err
	}
	cert := newCertificate(w, in, pack, debtor.ID, payment)
	cert.LateRate = contract.LateRate
	return IssueResult{cert.Number, cert.Payment, cert.AcceptBy}, putIssued(w, cert)
}

func newCertificate(
	w *world.World, in IssueArgument, pack *record.Pack, debtor string, payment calendar.Date,
) *record.Certificate {
	return &record.Certificate{
		Number: in.Number, Debtor: debtor, FirstHolder: in.Creditor, Face: in.Face, Currency: in.Currency,
		IssueDate: w.Today(), Maturity: in.Maturity, Payment: payment, Reference: in.Reference,
		Contract: in.Contract, Bank: in.Bank, Line: in.Line, Green: in.Green, GreenProof: in.GreenProof,
		Allocations: in.Allocations, State: record.Issued, Pack: pack.Ordinal, IssuedAt: w.Now(),
		AcceptBy: deadline(w.Now(), pack.AcceptDays, payment), Pieces: 1, NextHolding: 2,
	}
}

// putIssued writes a new certificate with its one holding.
func putIssued(w *world.World, cert *record.Certificate) error {
	d := newDesk(w)
	d.create(cert, record.Holding{
		Certificate: cert.Number, ID: 1, Owner: cert.FirstHolder, Interval: interval.Whole(cert.Face),
		Tiers: []record.TierSpan{{To: cert.Face, Tier: 1}}, Claim: record.Claim{Payment: cert.Payment},
		Since: w.Now(),
	})
	world.Put(w, record.ReferenceKey(cert.Debtor, cert.Reference), &record.Reference{Certificate: cert.Number})
	w.AddDue(cert.AcceptBy, record.DueIssue, cert.Number)
	w.Notify(record.NoticeOf{
		Kind: record.CertificateIssued, Subject: cert.Number, Members: parties(cert), Amount: cert.Face,
		Opens: []string{cert.FirstHolder}, Until: cert.AcceptBy,
	})
	return d.close()
}

// parties are the members whom a certificate itself concerns.
func parties(cert *record.Certificate) []string {
	list := []string{cert.Debtor, cert.FirstHolder}
	if cert.Bank != "" {
		list = append(list, cert.Bank)
	}
	return list
}

// IssueHolds is what a proposal to issue sets aside: the line and the invoices.
func IssueHolds(_ *world.World, in IssueArgument) ([]record.Hold, error) {
	var holds []record.Hold
	if in.Line != "" {
		holds = append(holds, record.Hold{Kind: record.HoldLine, Bank: in.Bank, Line: in.Line, Amount: in.Face})
	}
	return append(holds, evidence.Holds(in.Allocations)...), nil
}

func checkIssueForm(w *world.World, in IssueArgument) error {
	parsed, err := number.ParseCertificate(in.Number)
	if err != nil {
		return err
	}
	if err := checkMember(in.Creditor); err != nil {
		return err
	}
	if err := checkFace(in.Face); err != nil {
		return err
	}
	today := w.Today()
	if parsed.Issued != today || !in.IssueDate.IsZero() && in.IssueDate != today {
		return code.BadDate.New("the issue date is today, %s", today)
	}
	if err := in.Maturity.Valid(); err != nil {
		return err
	}
	if in.Maturity <= today {
		return code.BadDate.New("maturity %s does not lie after today, %s", in.Maturity, today)
	}
	if in.Currency != Currency {
		return code.CurrencyUnsupported.New("currency %.10q", in.Currency)
	}
	if err := member.CheckText("the payment reference", in.Reference, MaxReference); err != nil {
		return err
	}
	if err := checkID("contract", in.Contract); err != nil {
		return err
	}
	if (in.Bank == "") != (in.Line == "") {
		return code.BadArgument.New("a credit line is named by its bank and its id, or not at all")
	}
	if in.Green == in.GreenProof.IsZero() {
		return code.BadArgument.New("a green tag comes with the hash of its evidence, and only then")
	}
	return nil
}

// checkIssueParties looks at the number's owner, what was used before, and the
// creditor.
func checkIssueParties(w *world.World, debtor *record.Member, in IssueArgument) (*record.Member, error) {
	if owner := in.Number[:number.SocialCreditLength]; owner != debtor.ID {
		return nil, code.BadNumber.New("certificate number %s is not of debtor %s", in.Number, debtor.ID)
	}
	used, err := world.Find(w, record.ReferenceKey(debtor.ID, in.Reference))
	if err != nil {
		return nil, err
	}
	if used != nil {
		return nil, code.ReferenceUsed.New("payment reference %q issued certificate %s", in.Reference, used.Certificate)
	}
	if taken, err := world.Exists(w, record.CertificateKey(in.Number)); err != nil {
		return nil, err
	} else if taken {
		return nil, code.NumberUsed.New("certificate %s", in.Number)
	}
	if in.Creditor == debtor.ID {
		return nil, code.TransferToDebtor.New("member %s cannot owe itself", debtor.ID)
	}
	creditor, err := member.GetActive(w, in.Creditor, record.Holder)
	if err != nil {
		return nil, err
	}
	return creditor, nil
}

func checkIssueRules(w *world.World, pack *record.Pack, in IssueArgument) error {
	if err := rules.CheckDebtorStop(w, pack, w.Actor().Member); err != nil {
		return err
	}
	review, err := world.Find(w, record.ReviewKey(in.Number))
	if err != nil {
		return fmt.Errorf("find review of %s: %w", in.Number, err)
	}
	reviewed := review != nil && review.Debtor == w.Actor().Member && review.Face == in.Face &&
		review.Maturity == in.Maturity
	if err := rules.CheckTerm(w, pack, w.Today(), in.Maturity, reviewed); err != nil {
		return err
	}
	w.Passed(pack.Ordinal, record.FreeChoice) // the creditor accepts or not
	return nil
}

// ReviewArgument is a bank's signature under a term above the ordinary cap.
type ReviewArgument struct {
	Number   string        `json:"number"` // of the certificate to be issued
	Debtor   string        `json:"debtor"`
	Face     money.Fen     `json:"face"`
	Maturity calendar.Date `json:"maturity"`
	Reason   string        `json:"reason"`
}

// ReviewResult names the certificate that may now be issued on these terms.
type ReviewResult struct {
	Certificate string `json:"certificate"`
}

// ReviewTerm records that a bank looked at a term above the ordinary cap and
// why it is justified (TERM-MAX, notice 银发〔2025〕77号 art. 11). It counts only for a
// certificate of exactly this number, debtor, face and maturity, issued later. A
// bank may replace its own review until then.
//
// Refusals, in order: form (BAD_NUMBER, BAD_AMOUNT, BAD_DATE, BAD_ARGUMENT); the
// actor is a bank's reviewer (ROLE_MISSING) and not of the debtor itself
// (NOT_AUTHORISED); MEMBER_UNKNOWN; NUMBER_USED; ALREADY_EXISTS when another bank
// has reviewed it.
func ReviewTerm(w *world.World, in ReviewArgument) (ReviewResult, error) {
	parsed, err := number.ParseCertificate(in.Number)
	if err != nil {
		return ReviewResult{}, err
	}
	if parsed.Debtor != in.Debtor {
		return ReviewResult{}, code.BadNumber.New("certificate number %s is not of debtor %.40s", in.Number, in.Debtor)
	}
	if err := checkFace(in.Face); err != nil {
		return ReviewResult{}, err
	}
	if err := in.Maturity.Valid(); err != nil {
		return ReviewResult{}, err
	}
	if err := member.CheckText("the reason", in.Reason, member.MaxReason); err != nil {
		return ReviewResult{}, err
	}
	bank, err := member.Require(w, record.Reviewer, record.Funder)
	if err != nil {
		return ReviewResult{}, err
	}
	if bank.ID == in.Debtor {
		return ReviewResult{}, code.NotAuthorised.New("bank %s cannot review its own certificate", bank.ID)
	}
	if _, err := member.Get(w, in.Debtor); err != nil {
		return ReviewResult{}, err
	}
	if taken, err := world.Exists(w, record.CertificateKey(in.Number)); err != nil {
		return ReviewResult{}, err
	} else if taken {
		return ReviewResult{}, code.NumberUsed.New("certificate %s", in.Number)
	}
	earlier, err := world.Find(w, record.ReviewKey(in.Number))
	if err != nil {
		return ReviewResult{}, err
	}
	if earlier != nil && earlier.Bank != bank.ID {
		return ReviewResult{}, code.AlreadyExists.New("bank %s has reviewed certificate %s", earlier.Bank, in.Number)
	}
	world.Put(w, record.ReviewKey(in.Number), &record.Review{
		Bank: bank.ID, Debtor: in.Debtor, Face: in.Face, Maturity: in.Maturity, Reason: in.Reason, At: w.Now(),
	})
	return ReviewResult{Certificate: in.Number}, nil
}
