package registration

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// MaxNumber is the longest number of the registry, in bytes; MaxEntries bounds what
// is recorded about one financing.
const (
	MaxNumber  = 64
	MaxEntries = 200
)

const millisPerHour = 60 * 60 * 1000

// Argument is one entry in the registry.
type Argument struct {
	Financing string                  `json:"financing"`
	Kind      record.RegistrationKind `json:"kind"`
	Number    string                  `json:"number"`
	Entered   calendar.Instant        `json:"entered"`                                // time in the registry
	Proof     record.Digest           `json:"proof"`                                  // hash of the registry's proof
	Until     calendar.Date           `json:"until,omitzero" metadata:",optional"`    // last day of an initial registration or a change
	Corrects  uint32                  `json:"corrects,omitzero" metadata:",optional"` // sequence of a wrong entry of the same kind
}

// Result is an entry as it was recorded.
type Result struct {
	Financing string                  `json:"financing"`
	Sequence  uint32                  `json:"sequence"`
	Kind      record.RegistrationKind `json:"kind"`
}

// Record records an entry of the financing's bank. A search counts for the pack's
// hours. The initial registration follows a search and comes before the payment is
// instructed, or once more when fen came back to a financing whose registration was
// cancelled; it lasts at least to the last payment date, and makes a pledge effective. A change follows a resale or an extension; a cancellation follows the
// end. A correction takes the place of an earlier entry of its kind.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_DATE); the actor is a bank's maker
// (ROLE_MISSING); NOT_FOUND; NOT_AUTHORISED for another bank; LIMIT_EXCEEDED; for a
// correction NOT_FOUND and REGISTRATION_INVALID; FINANCING_STATE; before the
// instruction SETTLEMENT_LAPSED, INSTRUCTED; REGISTRATION_INVALID.
func Record(w *world.World, in Argument) (Result, error) {
	if err := in.form(w); err != nil {
		return Result{}, err
	}
	bank, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return Result{}, err
	}
	f, err := world.Load(w, record.FinancingKey(in.Financing), "financing", in.Financing)
	if err != nil {
		return Result{}, err
	}
	if f.Funder != bank.ID {
		return Result{}, code.NotAuthorised.New("financing %s is not with bank %s", f.ID, bank.ID)
	}
	if f.Registrations >= MaxEntries {
		return Result{}, code.LimitExceeded.New("financing %s has %d entries", f.ID, f.Registrations)
	}
	pack, err := rules.Current(w)
	if err != nil {
		return Result{}, err
	}
	old, err := corrected(w, in)
	if err != nil {
		return Result{}, err
	}
	if err := follow(w, pack, f, in, old); err != nil {
		return Result{}, err
	}
	f.Registrations++
	entry := &record.Registration{
		Financing: f.ID, Sequence: f.Registrations, Kind: in.Kind, Number: in.Number, Entered: in.Entered,
		Proof: in.Proof, Until: in.Until, Corrects: in.Corrects, Signed: member.Signed(w),
	}
	world.Put(w, record.RegistrationKey(f.ID, entry.Sequence), entry)
	if old != nil {
		old.Corrected = entry.Sequence
		world.Put(w, record.RegistrationKey(f.ID, old.Sequence), old)
	}
	var closes []string
	if f.Duty == in.Kind && old == nil { // a correction of an earlier entry is not the one that is due
		f.Duty, f.DutyBy, closes = 0, 0, []string{f.Funder}
	}
	certificate.PutFinancing(w, f)
	w.Passed(pack.Ordinal, record.RegisterFirst)
	w.Notify(record.NoticeOf{
		Kind: record.RegistrationRecorded, Subject: f.ID, Members: []string{f.Holder, f.Funder}, Amount: f.Amount, Closes: closes,
	})
	return Result{f.ID, entry.Sequence, entry.Kind}, nil
}

func (in *Argument) form(w *world.World) error {
	if err := member.CheckIdentifier("financing", in.Financing); err != nil {
		return err
	}
	if in.Kind.String() == "" {
		return code.BadArgument.New("an entry is a search, initial, change or cancel")
	}
	if err := member.CheckText("the registry's number", in.Number, MaxNumber); err != nil {
		return err
	}
	if err := in.Entered.Valid(); err != nil {
		return err
	}
	if in.Entered > w.Now() || in.Entered == 0 {
		return code.BadDate.New("the entry is of %s, now is %s", in.Entered, w.Now())
	}
	if in.Proof.IsZero() {
		return code.BadArgument.New("the hash of the registry's proof is missing")
	}
	lasts := in.Kind == record.RegistrationInitial || in.Kind == record.RegistrationChange
	if lasts == in.Until.IsZero() {
		return code.BadDate.New("an initial registration and a change last until a day, others do not")
	}
	return in.Until.Valid()
}

// corrected is the entry that is corrected, nil for none.
func corrected(w *world.World, in Argument) (*record.Registration, error) {
	if in.Corrects == 0 {
		return nil, nil
	}
	old, err := world.Load(w, record.RegistrationKey(in.Financing, in.Corrects), "entry of financing", in.Financing)
	if err != nil {
		return nil, err
	}
	switch {
	case old.Kind != in.Kind:
		return nil, code.RegistrationInvalid.New("entry %d is of kind %s, not %s", old.Sequence, old.Kind, in.Kind)
	case old.Corrected != 0:
		return nil, code.RegistrationInvalid.New("entry %d was corrected by entry %d", old.Sequence, old.Corrected)
	}
	return old, nil
}

// follow refuses an entry that does not follow from those before it, and carries
// out what it means.
func follow(w *world.World, pack *record.Pack, f *record.Financing, in Argument, old *record.Registration) error {
	switch in.Kind {
	case record.RegistrationSearch:
		if err := beforeInstruction(w, f); err != nil {
			return err
		}
		return search(w, f, in, old)
	case record.RegistrationInitial:
		if old != nil {
			return correctInitial(w, f, in, old)
		}
		return first(w, pack, f, in)
	case record.RegistrationChange:
		if f.Registered == "" || f.State != record.FinancingDisbursed {
			return code.RegistrationInvalid.New("financing %s is %s and registered as %q: nothing to change", f.ID, f.State, f.Registered)
		}
		_, err := covers(w, f, in.Until)
		return err
	case record.RegistrationCancel:
		if old != nil {
			return nil // the cancellation itself stands
		}
		if f.Registered == "" || f.State == record.FinancingAgreed || f.State == record.FinancingDisbursed {
			return code.RegistrationInvalid.New("financing %s is %s and registered as %q: nothing to cancel", f.ID, f.State, f.Registered)
		}
		f.Registered = ""
	}
	return nil
}

// search makes the latest search count that stands: a corrected one counts no more.
func search(w *world.World, f *record.Financing, in Argument, old *record.Registration) error {
	if old == nil {
		f.Searched = max(f.Searched, in.Entered)
		return nil
	}
	entries, err := Entries(w, f.ID)
	if err != nil {
		return err
	}
	f.Searched = in.Entered
	for _, r := range entries {
		if r.Kind == record.RegistrationSearch && r.Corrected == 0 && r.Sequence != old.Sequence {
			f.Searched = max(f.Searched, r.Entered)
		}
	}
	return nil
}

// first is the initial registration.
func first(w *world.World, pack *record.Pack, f *record.Financing, in Argument) error {
	if err := beforeInstruction(w, f); err != nil {
		return err
	}
	switch {
	case f.Registered != "":
		return code.RegistrationInvalid.New("financing %s is registered as %q", f.ID, f.Registered)
	case f.Searched == 0:
		return code.RegistrationInvalid.New("the registry was not searched for financing %s", f.ID)
	case in.Entered < f.Searched || in.Entered-f.Searched > hours(pack):
		return code.RegistrationInvalid.New("the search of %s is not at most %d hours before %s", f.Searched, pack.SearchHours, in.Entered)
	}
	s, err := covers(w, f, in.Until)
	if err != nil {
		return err
	}
	f.Registered = in.Number
	if f.Terms.Kind != record.PledgeLoan {
		return nil
	}
	w.Passed(pack.Ordinal, record.PledgeLock)
	return certificate.Encumber(w, s.Legs, f.ID, f.Funder)
}

func correctInitial(w *world.World, f *record.Financing, in Argument, old *record.Registration) error {
	if f.Registered != old.Number {
		return code.RegistrationInvalid.New("financing %s is registered as %q, not as %q", f.ID, f.Registered, old.Number)
	}
	f.Registered = in.Number
	_, err := covers(w, f, in.Until)
	return err
}

// covers refuses a registration that ends before the last payment date.
func covers(w *world.World, f *record.Financing, until calendar.Date) (*record.Settlement, error) {
	s, err := settlement.Get(w, f.ID)
	if err != nil {
		return nil, err
	}
	stakes, err := certificate.Stakes(w, s.Legs)
	if err != nil {
		return nil, err
	}
	for _, stake := range stakes {
		if until < stake.Payment {
			return nil, code.RegistrationInvalid.New("it ends on %s, certificate %s is payable on %s", until, stake.Certificate, stake.Payment)
		}
	}
	return s, nil
}

// beforeInstruction refuses unless the financing is agreed and its payment is not
// instructed yet, or it must be registered anew.
func beforeInstruction(w *world.World, f *record.Financing) error {
	if f.Duty == record.RegistrationInitial {
		return nil
	}
	if f.State != record.FinancingAgreed {
		return code.FinancingState.New("financing %s is %s", f.ID, f.State)
	}
	s, err := settlement.Get(w, f.ID)
	if err != nil {
		return err
	}
	return settlement.CheckUndecided(w, s)
}

func hours(pack *record.Pack) calendar.Instant {
	return calendar.Instant(pack.SearchHours) * millisPerHour
}

// Check is REGISTER-FIRST for the instruction of a payment: REGISTRATION_MISSING
// unless the financing is registered after a search that still counts.
func Check(w *world.World, pack *record.Pack, f *record.Financing) error {
	switch {
	case f.Searched == 0 || w.Now()-f.Searched > hours(pack):
		return w.Refused(pack.Ordinal, record.RegisterFirst,
			code.RegistrationMissing.New("financing %s has no search of the last %d hours", f.ID, pack.SearchHours))
	case f.Registered == "":
		return w.Refused(pack.Ordinal, record.RegisterFirst, code.RegistrationMissing.New("financing %s is not registered", f.ID))
	}
	w.Passed(pack.Ordinal, record.RegisterFirst)
	return nil
}

// Entries lists what was recorded about a financing, in order.
func Entries(w *world.World, financing string) ([]record.Registration, error) {
	var list []record.Registration
	prefix := record.RegistrationsPrefix(financing)
	err := world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, r *record.Registration) (bool, error) {
		list = append(list, *r)
		return true, nil
	})
	return list, err
}
