package clearing

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// MaxParts is how many holders' parts one offer to pay later takes.
const MaxParts = 200

// ExtendArgument is a debtor's offer to pay overdue fen of a certificate later.
type ExtendArgument struct {
	Certificate string        `json:"certificate"`
	Maturity    calendar.Date `json:"maturity"` // the new nominal date; it rolls to a working day
	Reason      string        `json:"reason"`
	Document    record.Digest `json:"document"` // hash of the agreement
}

// ExtensionArgument names an offer to pay later.
type ExtensionArgument struct {
	ID string `json:"id"`
}

// AcceptExtensionArgument is fen whose owner agrees to be paid later.
type AcceptExtensionArgument struct {
	ID       string            `json:"id"`
	Interval interval.Interval `json:"interval"` // in one holding
}

// ExtensionResult is an offer and how many fen it has extended.
type ExtensionResult struct {
	ID       string        `json:"id"`
	Payment  calendar.Date `json:"payment"`
	Extended money.Fen     `json:"extended"`
	Missing  []string      `json:"missing"` // members whose consent is missing for some fen, each once
}

// OfferExtension is a debtor's offer to the holders of a certificate's overdue fen. Each
// takes it for its own intervals or not: who does not stays overdue. The new date is
// within the term cap counted from the issue (TERM-MAX). The bank whose line backs the
// certificate has to consent, and of fen also a pledgee, the guarantor and a seller with
// recourse. It lapses like a request for financing, and before the new date.
//
// Refusals, in order: form (BAD_NUMBER, BAD_DATE, BAD_ARGUMENT); the actor is a debtor's
// maker (ROLE_MISSING); NOT_FOUND; NOT_AUTHORISED; CERTIFICATE_STATE, NOT_OVERDUE before
// the payment date; EXTENSION_INVALID for the new date.
func OfferExtension(w *world.World, in ExtendArgument) (ExtensionResult, error) {
	if err := in.form(); err != nil {
		return ExtensionResult{}, err
	}
	debtor, err := member.Require(w, record.Maker, record.Debtor)
	if err != nil {
		return ExtensionResult{}, err
	}
	cert, err := certificate.Get(w, in.Certificate)
	if err != nil {
		return ExtensionResult{}, err
	}
	switch {
	case cert.Debtor != debtor.ID:
		return ExtensionResult{}, code.NotAuthorised.New("certificate %s is owed by %s", cert.Number, cert.Debtor)
	case cert.State != record.Active:
		return ExtensionResult{}, code.CertificateState.New("certificate %s is %s", cert.Number, cert.State)
	case cert.Entered == 0:
		return ExtensionResult{}, code.NotOverdue.New("certificate %s is payable on %s", cert.Number, cert.Payment)
	}
	pack, err := rules.Current(w)
	if err != nil {
		return ExtensionResult{}, err
	}
	payment := rules.WorkingDays(pack).RollForward(in.Maturity)
	if payment <= w.Today() || !calendar.WithinTerm(cert.IssueDate, in.Maturity, int(pack.TermCap)) {
		return ExtensionResult{}, w.Refused(pack.Ordinal, record.TermMax,
			code.ExtensionInvalid.New("%s, issued %s: a later day within %d months of the issue", in.Maturity, cert.IssueDate, pack.TermCap))
	}
	w.Passed(pack.Ordinal, record.TermMax)
	x := &record.Extension{
		ID: w.NewID(), Certificate: cert.Number, Debtor: debtor.ID, From: cert.Entered, Maturity: in.Maturity, Payment: payment,
		Reason: in.Reason, Document: in.Document, Signed: member.Signed(w), Until: min(settlement.Deadline(w, pack.RequestDays), payment.Start()),
	}
	opens, err := ownersOf(w, cert)
	if err != nil {
		return ExtensionResult{}, err
	}
	if cert.Line != "" {
		x.Line.Member = cert.Bank
		opens = with(opens, cert.Bank)
	}
	x.Asked = opens
	w.AddDue(x.Until, record.DueExtension, x.ID)
	world.Put(w, record.ExtensionKey(x.ID), x)
	w.Notify(record.NoticeOf{
		Kind: record.ExtensionOffered, Subject: x.ID, Members: with(opens, debtor.ID), Amount: cert.Face - cert.Redeemed,
		Opens: opens, Until: x.Until,
	})
	return resultOfExtension(x), nil
}

func (in *ExtendArgument) form() error {
	if _, err := number.ParseCertificate(in.Certificate); err != nil {
		return err
	}
	if err := in.Maturity.Valid(); err != nil {
		return err
	}
	if err := member.CheckText("the reason", in.Reason, member.MaxReason); err != nil {
		return err
	}
	if in.Document.IsZero() {
		return code.BadArgument.New("the hash of the agreement is missing")
	}
	return nil
}

// ownersOf are the owners of a certificate's fen that are owed.
func ownersOf(w *world.World, cert *record.Certificate) ([]string, error) {
	holdings, err := certificate.Holdings(w, cert.Number)
	if err != nil {
		return nil, err
	}
	var owners []string
	for _, h := range holdings {
		if h.Redeemed == 0 && h.Claim.Payment <= cert.Entered {
			owners = with(owners, h.Owner)
		}
	}
	return owners, nil
}

// with adds members to a list, each once.
func with(list []string, members ...string) []string {
	list = slices.Clone(list)
	for _, m := range members {
		if m != "" && !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// AcceptExtension agrees to an offer for fen of one holding of the actor's. They are
// extended when nobody's consent is missing: late interest until today is owed then, and
// they bear none until the new date.
//
// Refusals, in order: BAD_ARGUMENT, BAD_INTERVAL; the actor is a maker of a holder or
// bank (ROLE_MISSING); NOT_FOUND; EXTENSION_STATE when the offer has lapsed or was
// withdrawn; CERTIFICATE_STATE, NOT_OVERDUE, REDEEMED, HOLDING_LOCKED while money for
// the fen is on its way; HOLDING_CHANGED for fen of several holdings; NOT_OWNER; FROZEN;
// LIMIT_EXCEEDED; rule SPLIT-LIMIT (PIECE_TOO_SMALL, TOO_MANY_PIECES); ALREADY_EXISTS
// for fen of a part that waits for consents; RUN_DIVIDING.
func AcceptExtension(w *world.World, in AcceptExtensionArgument) (ExtensionResult, error) {
	if !in.Interval.WellFormed() {
		return ExtensionResult{}, code.BadInterval.New("fen %s", in.Interval)
	}
	x, by, err := extensionFor(w, in.ID, record.Holder|record.Funder)
	if err != nil {
		return ExtensionResult{}, err
	}
	fen, err := certificate.OverdueFen(w, x.Certificate, in.Interval)
	if err != nil {
		return ExtensionResult{}, err
	}
	switch o := &fen[0]; {
	case len(fen) > 1:
		return ExtensionResult{}, code.HoldingChanged.New("fen %s of certificate %s are in %d holdings", in.Interval, x.Certificate, len(fen))
	case o.Owner != by:
		return ExtensionResult{}, code.NotOwner.New("fen %s of certificate %s are not with %s", in.Interval, x.Certificate, by)
	case o.Frozen:
		return ExtensionResult{}, code.Frozen.New("fen %s of certificate %s", in.Interval, x.Certificate)
	case len(x.Parts) == MaxParts:
		return ExtensionResult{}, code.LimitExceeded.New("extension %s has %d parts", x.ID, MaxParts)
	}
	if err := certificate.CheckCut(w, fen[0].Leg); err != nil {
		return ExtensionResult{}, err
	}
	for _, p := range x.Parts {
		if p.Made == 0 && p.Interval.Overlaps(in.Interval) {
			return ExtensionResult{}, code.AlreadyExists.New("fen %s wait for consents already", p.Interval)
		}
	}
	part := record.ExtensionPart{
		Holding: fen[0].Holding, Interval: in.Interval, Owner: record.Consent{Member: by, Signed: member.Signed(w)},
	}
	for _, m := range behind(&fen[0].Claim) {
		if m != by {
			part.Others = append(part.Others, record.Consent{Member: m})
		}
	}
	x.Parts = append(x.Parts, part)
	return proceed(w, x, by)
}

// behind are the members other than the owner who have to consent when fen are paid
// later: pledgees, the guarantor, and a seller with recourse.
func behind(c *certificate.Claim) []string {
	list := with(nil, c.Claim.Guarantor, c.Claim.Recourse)
	for _, l := range c.Pledges {
		list = with(list, l.Counterpart)
	}
	return list
}

// ConsentToExtension is the word of the line's bank, or of a pledgee, guarantor or
// seller with recourse, for all parts of an offer that need it.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a maker (ROLE_MISSING); NOT_FOUND;
// EXTENSION_STATE; NOT_AUTHORISED when no consent of the actor is missing; RUN_DIVIDING.
func ConsentToExtension(w *world.World, in ExtensionArgument) (ExtensionResult, error) {
	x, by, err := extensionFor(w, in.ID, 0)
	if err != nil {
		return ExtensionResult{}, err
	}
	given := false
	sign := func(c *record.Consent) {
		if c.Member == by && c.Signed.Member == "" {
			c.Signed, given = member.Signed(w), true
		}
	}
	sign(&x.Line)
	for i := range x.Parts {
		for j := range x.Parts[i].Others {
			sign(&x.Parts[i].Others[j])
		}
	}
	if !given {
		return ExtensionResult{}, code.NotAuthorised.New("no consent of %s is missing for extension %s", by, x.ID)
	}
	return proceed(w, x, by)
}

// extensionFor returns an offer that is open, and the actor's member.
func extensionFor(w *world.World, id string, roles record.Roles) (*record.Extension, string, error) {
	if err := member.CheckIdentifier("extension", id); err != nil {
		return nil, "", err
	}
	by, err := member.Require(w, record.Maker, roles)
	if err != nil {
		return nil, "", err
	}
	x, err := world.Load(w, record.ExtensionKey(id), "extension", id)
	if err != nil {
		return nil, "", err
	}
	switch {
	case x.Closed:
		return nil, "", code.ExtensionState.New("extension %s is over", x.ID)
	case w.Now() >= x.Until:
		return nil, "", code.ExtensionState.New("extension %s was open until %s", x.ID, x.Until)
	}
	return x, by.ID, nil
}

// proceed extends the fen for which nobody's consent is missing any more, and puts what
// is missing before those whose it is.
func proceed(w *world.World, x *record.Extension, by string) (ExtensionResult, error) {
	var made money.Fen
	for i := range x.Parts {
		p := &x.Parts[i]
		if p.Made != 0 || missingOf(&x.Line) != "" || slices.ContainsFunc(p.Others, func(c record.Consent) bool { return missingOf(&c) != "" }) {
			continue
		}
		done, err := extend(w, x, p)
		if err != nil {
			return ExtensionResult{}, err
		}
		made += done
	}
	world.Put(w, record.ExtensionKey(x.ID), x)
	result := resultOfExtension(x)
	kind := record.ExtensionConsent
	if made > 0 {
		kind = record.ExtensionMade
	}
	w.Notify(record.NoticeOf{
		Kind: kind, Subject: x.ID, Members: with([]string{x.Debtor, by}, result.Missing...), Amount: made,
		Opens: result.Missing, Closes: []string{by}, Until: x.Until,
	})
	return result, nil
}

// missingOf is the member whose signature is missing, or nobody.
func missingOf(c *record.Consent) string {
	if c.Signed.Member != "" {
		return ""
	}
	return c.Member
}

// extend makes a part payable on the new date. Fen that are no longer as their owner saw
// them, or that are in a payment meanwhile, are left out.
func extend(w *world.World, x *record.Extension, p *record.ExtensionPart) (money.Fen, error) {
	fen, err := certificate.OverdueFen(w, x.Certificate, p.Interval)
	if refusal := code.Of(err); refusal != nil || err == nil && (len(fen) != 1 || fen[0].Owner != p.Owner.Member || fen[0].Frozen) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	for _, m := range behind(&fen[0].Claim) {
		if !agreed(p, m) { // a guarantor has paid meanwhile
			return 0, nil
		}
	}
	if err := oweUntil(w, []record.Leg{fen[0].Leg}, w.Today(), p.Owner.Member, x.ID); err != nil {
		return 0, err
	}
	if err := certificate.Extend(w, x.Certificate, p.Interval, x.Payment); err != nil {
		return 0, err
	}
	p.Made = w.Now()
	return p.Interval.Amount(), nil
}

// agreed reports whether a member has agreed to a part.
func agreed(p *record.ExtensionPart, m string) bool {
	return m == p.Owner.Member || slices.ContainsFunc(p.Others, func(c record.Consent) bool { return c.Member == m && missingOf(&c) == "" })
}

func resultOfExtension(x *record.Extension) ExtensionResult {
	r := ExtensionResult{ID: x.ID, Payment: x.Payment, Missing: []string{}}
	if m := missingOf(&x.Line); m != "" {
		r.Missing = append(r.Missing, m)
	}
	for i := range x.Parts {
		if x.Parts[i].Made != 0 {
			r.Extended += x.Parts[i].Interval.Amount()
			continue
		}
		for j := range x.Parts[i].Others {
			r.Missing = with(r.Missing, missingOf(&x.Parts[i].Others[j]))
		}
	}
	return r
}

// WithdrawExtension ends a debtor's offer; what was extended stays so. Refusals, in
// order: BAD_ARGUMENT; the actor is a debtor's maker (ROLE_MISSING); NOT_FOUND;
// EXTENSION_STATE; NOT_AUTHORISED for another debtor's.
func WithdrawExtension(w *world.World, in ExtensionArgument) (ExtensionResult, error) {
	x, by, err := extensionFor(w, in.ID, record.Debtor)
	if err != nil {
		return ExtensionResult{}, err
	}
	if x.Debtor != by {
		return ExtensionResult{}, code.NotAuthorised.New("extension %s is offered by %s", x.ID, x.Debtor)
	}
	w.RemoveDue(x.Until, record.DueExtension, x.ID)
	endExtension(w, x)
	return resultOfExtension(x), nil
}

// LapseExtension ends an offer whose time is over, for the sweep.
func LapseExtension(w *world.World, due record.Due) error {
	w.RemoveDue(due.At, due.Kind, due.ID)
	x, err := world.Load(w, record.ExtensionKey(due.ID), "extension", due.ID)
	if err != nil || x.Closed || w.Now() < x.Until {
		return err
	}
	endExtension(w, x)
	return nil
}

func endExtension(w *world.World, x *record.Extension) {
	members := with(x.Asked, x.Debtor, x.Line.Member)
	for _, p := range x.Parts {
		members = with(members, p.Owner.Member)
		for _, c := range p.Others {
			members = with(members, c.Member)
		}
	}
	x.Closed = true
	world.Put(w, record.ExtensionKey(x.ID), x)
	w.Notify(record.NoticeOf{Kind: record.ExtensionHasEnded, Subject: x.ID, Members: members, Closes: members})
}
