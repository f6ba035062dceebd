package financing

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Limits of what one operation may name.
const (
	MaxInvited  = 40      // banks of one request
	MaxQuotes   = 100     // quotes of one request
	MaxReplyKey = 2 << 10 // bytes of the key to which quotes are sealed
	MaxSealed   = 8 << 10 // bytes of a sealed quote
)

// RequestArgument asks banks to quote for fen.
type RequestArgument struct {
	Legs        []record.Leg     `json:"legs"`
	Account     string           `json:"account"`                                // of the holder, to be paid to
	Invited     []string         `json:"invited,omitzero" metadata:",optional"`  // banks that may quote; none: every admitted bank
	QuotesUntil calendar.Instant `json:"quotesUntil"`                            // deadline for quotes
	LapsesAt    calendar.Instant `json:"lapsesAt,omitzero" metadata:",optional"` // when the request ends without a choice; the pack's days from now when left out
	ReplyKey    []byte           `json:"replyKey"`                               // public key to which quotes are sealed
}

// Amount is what the holder's own policy compares: the sum of the legs.
func (in RequestArgument) Amount() money.Fen { return certificate.LegsAmount(in.Legs) }

// Result is the state to which an operation brought a financing.
type Result struct {
	ID    string                `json:"id"`
	State record.FinancingState `json:"state"`
}

// RequestResult is a request that now takes quotes.
type RequestResult struct {
	ID          string           `json:"id"`
	Amount      money.Fen        `json:"amount"`
	QuotesUntil calendar.Instant `json:"quotesUntil"`
	LapsesAt    calendar.Instant `json:"lapsesAt"`
}

// Request locks fen of the holder and asks banks to quote for them: those it
// invites, or every admitted bank (FREE-CHOICE). The fen stay the holder's; nothing
// is cut before they are paid for.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, BAD_INTERVAL, BAD_DATE,
// AMOUNT_OVERFLOW); the actor is a maker of a holder (ROLE_MISSING); the banks
// invited (MEMBER_UNKNOWN, MEMBER_SUSPENDED, ROLE_MISSING); the account (NOT_FOUND,
// ACCOUNT_UNCONFIRMED, COOLING_OFF); leg by leg NOT_FOUND, CERTIFICATE_STATE,
// MATURED, HOLDING_CHANGED, NOT_OWNER, REDEEMED, FROZEN or HOLDING_LOCKED, rule
// SPLIT-LIMIT; ALREADY_FINANCED; BAD_DATE when the deadline for quotes is not before
// the first payment date.
func Request(w *world.World, in RequestArgument) (RequestResult, error) {
	pack, err := rules.Current(w)
	if err != nil {
		return RequestResult{}, err
	}
	if err := in.form(w, pack); err != nil {
		return RequestResult{}, err
	}
	holder, err := member.Require(w, record.Maker, record.Holder)
	if err != nil {
		return RequestResult{}, err
	}
	for _, bank := range in.Invited {
		if _, err := member.GetActive(w, bank, record.Funder); err != nil {
			return RequestResult{}, err
		}
	}
	account, err := member.UsableAccount(w, holder.ID, in.Account)
	if err != nil {
		return RequestResult{}, err
	}
	f := &record.Financing{
		ID: w.NewID(), Holder: holder.ID, Amount: in.Amount(), Invited: in.Invited, ReplyKey: in.ReplyKey,
		QuotesUntil: in.QuotesUntil, Account: account.ID, HolderSigned: member.Signed(w),
		State: record.FinancingRequested, RequestedAt: w.Now(),
	}
	if f.Asked, err = asked(w, in.Invited); err != nil {
		return RequestResult{}, err
	}
	s := &record.Settlement{
		ID: f.ID, Purpose: record.PurposeFinancing, Financing: f.ID, Payee: holder.ID, PayeeAccount: account.ID,
		PayeeBank: account.Bank, LapsesAt: in.LapsesAt,
	}
	if s.LapsesAt == 0 {
		s.LapsesAt = settlement.Deadline(w, pack.RequestDays)
	}
	stakes, err := settlement.Begin(w, s, certificate.Engagement{Owner: holder.ID, Legs: in.Legs, Operation: certificate.OpFinance})
	if err != nil {
		return RequestResult{}, err
	}
	if err := checkUnfinanced(stakes); err != nil {
		return RequestResult{}, err
	}
	if f.QuotesUntil > s.LapsesAt {
		return RequestResult{}, code.BadDate.New("quotes until %s, the request ends at %s", f.QuotesUntil, s.LapsesAt)
	}
	f.Debtors = debtorsOf(stakes)
	w.Passed(pack.Ordinal, record.FreeChoice)
	certificate.PutFinancing(w, f)
	w.Notify(record.NoticeOf{
		Kind: record.FinancingWasRequested, Subject: f.ID, Members: with(f.Asked, f.Holder), Amount: f.Amount,
		Opens: f.Asked, Until: f.QuotesUntil,
	})
	return RequestResult{f.ID, f.Amount, f.QuotesUntil, s.LapsesAt}, nil
}

func (in *RequestArgument) form(w *world.World, pack *record.Pack) error {
	if err := settlement.CheckLegs(in.Legs); err != nil {
		return err
	}
	if err := member.CheckIdentifier("account", in.Account); err != nil {
		return err
	}
	if len(in.Invited) > MaxInvited {
		return code.BadArgument.New("%d banks are invited, at most %d", len(in.Invited), MaxInvited)
	}
	for i, bank := range in.Invited {
		if err := member.CheckID(bank); err != nil {
			return err
		}
		if slices.Contains(in.Invited[:i], bank) {
			return code.BadArgument.New("bank %s is invited twice", bank)
		}
	}
	if n := len(in.ReplyKey); n == 0 || n > MaxReplyKey {
		return code.BadArgument.New("the key for replies has %d bytes, not 1 to %d", n, MaxReplyKey)
	}
	latest := settlement.Deadline(w, pack.RequestDays)
	ends := in.LapsesAt
	if ends == 0 {
		ends = latest
	}
	if in.QuotesUntil <= w.Now() || ends < in.QuotesUntil || ends > latest {
		return code.BadDate.New("quotes until %s, the request until %s: after now, in this order, and by %s", in.QuotesUntil, ends, latest)
	}
	return nil
}

// RequestHolds is what a proposal to request sets aside: the fen.
func RequestHolds(_ *world.World, in RequestArgument) ([]record.Hold, error) {
	return certificate.IntervalHolds(in.Legs), nil
}

// asked are the banks whose people are told: those invited, or those that run a
// validator. Others find an open request in the list.
func asked(w *world.World, invited []string) ([]string, error) {
	if len(invited) > 0 {
		return invited, nil
	}
	validators, err := member.Validators(w)
	if err != nil {
		return nil, err
	}
	var banks []string
	for _, v := range validators {
		if v.Active && len(banks) < MaxInvited {
			banks = append(banks, v.Bank)
		}
	}
	return banks, nil
}

// checkUnfinanced refuses with ALREADY_FINANCED fen that are a bank's or pledged to
// one under an earlier financing.
func checkUnfinanced(stakes []certificate.Stake) error {
	for _, s := range stakes {
		if s.Claim.Financing != "" {
			return code.AlreadyFinanced.New("fen %s of certificate %s under financing %s", s.Interval, s.Certificate, s.Claim.Financing)
		}
	}
	return nil
}

func debtorsOf(stakes []certificate.Stake) []string {
	var list []string
	for _, s := range stakes {
		list = with(list, s.Debtor)
	}
	return list
}

// with is the list with a member, each once.
func with(list []string, members ...string) []string {
	out := slices.Clone(list)
	for _, m := range members {
		if m != "" && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// partsOf are the legs as CostOf takes them.
func partsOf(stakes []certificate.Stake) []Part {
	parts := make([]Part, len(stakes))
	for i, s := range stakes {
		parts[i] = Part{s.Interval.Amount(), s.Payment}
	}
	return parts
}

// Get returns a financing or refuses with NOT_FOUND.
func Get(w *world.World, id string) (*record.Financing, error) {
	return world.Load(w, record.FinancingKey(id), "financing", id)
}

// find returns a financing by an id that a stranger chose.
func find(w *world.World, id string) (*record.Financing, error) {
	if err := member.CheckIdentifier("financing", id); err != nil {
		return nil, err
	}
	return Get(w, id)
}
