package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// WorkKind is why something of the clearing waits for a person. Its text never
// changes its meaning.
type WorkKind string

// Kinds of work, in the order in which they are listed.
const (
	WorkOverdue   WorkKind = "overdue"   // a payment date has passed, and something is open
	WorkFunds     WorkKind = "funds"     // the payment date is today, and something is open
	WorkInstruct  WorkKind = "instruct"  // legs were computed and not instructed
	WorkStale     WorkKind = "stale"     // an instruction has no advice in time
	WorkDispute   WorkKind = "dispute"   // a payee says that it was not paid as a bank says
	WorkReturned  WorkKind = "returned"  // a leg was not paid or came back; its fen are kept for the payee
	WorkAccount   WorkKind = "account"   // a payee has no account to which it can be paid
	WorkInterest  WorkKind = "interest"  // late interest is owed and not instructed
	WorkExtension WorkKind = "extension" // an offer to pay later awaits a consent
)

// WorkKinds are all kinds in their order.
func WorkKinds() []WorkKind {
	return []WorkKind{
		WorkOverdue, WorkFunds, WorkInstruct, WorkStale, WorkDispute, WorkReturned, WorkAccount, WorkInterest, WorkExtension,
	}
}

// step is what to do next, in the two languages.
type step struct{ english, chinese string }

// steps say what to do by kind.
//
//nolint:gochecknoglobals // read-only table
var steps = map[WorkKind]step{
	WorkOverdue: {
		"The debtor provides money, and its bank confirms the funds; holders may take recourse, call the guarantor, or agree to an extension.",
		"付款方备足资金并由其开户行确认；持有人可追索、要求担保方代偿或同意展期。",
	},
	WorkFunds:    {"The debtor's bank confirms what it has for this payment date.", "付款方开户行确认本付款日的可用资金。"},
	WorkInstruct: {"The payer's bank instructs the payments.", "付款行发出付款指令。"},
	WorkStale: {
		"The payee's bank looks for the money and advises it, or the payer's bank proves that it did not pay.",
		"收款行查询到账并回单，或由付款行证明未付款。",
	},
	WorkDispute: {
		"The payer's bank shows how it paid; the payee's bank advises what arrived, or the payer's bank proves that it did not pay.",
		"付款行提供付款凭证；收款行就实际到账回单，或由付款行证明未付款。",
	},
	WorkReturned: {"Check the payee's account, and have the payment made again.", "核对收款账户后重新发起付款。"},
	WorkAccount:  {"The payee registers an account and chooses it; its bank confirms it.", "收款方登记并选定收款账户，由开户行确认。"},
	WorkInterest: {
		"The payer's bank instructs the late interest; the creditor may give it up.",
		"付款行支付逾期利息；债权人亦可减免。",
	},
	WorkExtension: {"Consent to the extension, or let the offer lapse.", "同意展期，或待要约到期失效。"},
}

// Work is something of the clearing that waits for a member.
type Work struct {
	Kind     WorkKind         `json:"kind" enum:"overdue,funds,instruct,stale,dispute,returned,account,interest,extension"`
	Subject  string           `json:"subject" doc:"Run, settlement or extension"`
	Run      string           `json:"run" doc:"To which it belongs, or empty"`
	Debtor   string           `json:"debtor"`
	Member   string           `json:"member" doc:"Whose turn it is"`
	Members  []string         `json:"members" doc:"All whom it concerns"`
	Since    calendar.Instant `json:"since"`
	Days     int              `json:"days" doc:"From then to today"`
	Count    int64            `json:"count" doc:"Payments, or 1"`
	Amount   money.Fen        `json:"amount"`
	Interest money.Fen        `json:"interest" doc:"Of overdue debts: late interest until today, not yet owed"`
	Next     string           `json:"next" doc:"What to do"`
	NextZH   string           `json:"nextZh" doc:"What to do, in Chinese"`
}

// WorkFilter selects work; zero fields select all.
type WorkFilter struct {
	Member string // whom it concerns
	Turn   string // whose turn it is
	Debtor string
	Kind   WorkKind
}

// Worklist lists what of the clearing waits for somebody: by kind, the longest
// waiting first, then by subject and member.
func Worklist(src Source, f WorkFilter) Stream[Work] {
	return func(after string, visit func(string, *Work) (bool, error)) error {
		b := &bench{src: &src, filter: f, today: src.Now.Date(), instruct: map[string]*Work{}}
		for _, gather := range []func() error{b.runs, b.settlements, b.extensions} {
			if err := gather(); err != nil {
				return fmt.Errorf("list what waits in the clearing: %w", err)
			}
		}
		kinds := WorkKinds()
		return sorted(b.list, func(w *Work) string {
			return fmt.Sprintf("%02d/%015d/%s/%s", slices.Index(kinds, w.Kind), int64(w.Since), w.Subject, w.Member)
		})(after, visit)
	}
}

// bench gathers work.
type bench struct {
	src      *Source
	filter   WorkFilter
	today    calendar.Date
	list     []Work
	instruct map[string]*Work // by run and bank
}

// put lists an entry that is asked for.
func (b *bench) put(w Work) {
	w.Members = slices.DeleteFunc(w.Members, func(m string) bool { return m == "" })
	slices.Sort(w.Members)
	w.Members = slices.Compact(w.Members)
	f := &b.filter
	if f.Kind != "" && f.Kind != w.Kind || f.Turn != "" && f.Turn != w.Member || f.Debtor != "" && f.Debtor != w.Debtor ||
		f.Member != "" && !slices.Contains(w.Members, f.Member) {
		return
	}
	w.Days, w.Count = calendar.DaysBetween(w.Since.Date(), b.today), max(w.Count, 1)
	w.Next, w.NextZH = steps[w.Kind].english, steps[w.Kind].chinese
	b.list = append(b.list, w)
}

// runs lists those of which something is open.
func (b *bench) runs() error {
	pack, err := b.src.packOn(b.today)
	if err != nil {
		return err
	}
	return b.src.eachRun(b.filter.Debtor, "", func(run *record.Run) (bool, error) {
		if run.State == record.RunClosed || run.Tally.Open == 0 {
			return true, nil
		}
		bank, err := b.src.bankOf(run)
		if err != nil {
			return false, err
		}
		w := Work{
			Kind: WorkFunds, Subject: run.ID, Run: run.ID, Debtor: run.Debtor, Member: cmp.Or(bank, run.Debtor),
			Members: []string{run.Debtor, bank}, Since: run.Payment.Start(), Amount: run.Tally.Open,
		}
		if run.Payment < b.today {
			w.Kind = WorkOverdue
			if err := b.interest(pack, run, &w); err != nil {
				return false, err
			}
		}
		b.put(w)
		return true, nil
	})
}

// interest adds up what the open fen of a run have borne.
func (b *bench) interest(pack *record.Pack, run *record.Run, w *Work) error {
	return b.src.eachEntry(run.ID, func(c *record.Certificate, holdings []record.Holding) error {
		debt, err := b.src.debtOf(pack, c, holdings, run.Payment)
		if err != nil {
			return err
		}
		return plusAll(sum{&w.Interest, debt.interest})
	})
}

// bankOf is the bank that confirms funds for a run: the one that did before, else the
// one of the debtor's first confirmed account; empty when it has none.
func (s *Source) bankOf(run *record.Run) (string, error) {
	if run.Rounds > 0 {
		round, err := record.Find(s.State, record.RoundKey(run.ID, run.Rounds))
		if err != nil {
			return "", err
		}
		if round != nil {
			return round.Bank, nil
		}
	}
	bank := ""
	err := record.Each(s.State, record.AccountsPrefix(run.Debtor), func(a *record.Account) bool {
		if a.State == record.AccountConfirmed {
			bank = a.Bank
		}
		return bank == ""
	})
	return bank, err
}

// settlements lists payments that wait for a bank or their payee.
func (b *bench) settlements() error {
	err := record.Each(b.src.State, record.SettlementsPrefix(), func(s *record.Settlement) bool {
		b.settlement(s)
		return true
	})
	for _, w := range b.instruct {
		b.put(*w)
	}
	return err
}

func (b *bench) settlement(s *record.Settlement) {
	debtor, _, ok := record.ParseRunID(s.Run)
	if !ok {
		debtor = s.Payer
	}
	w := Work{
		Subject: s.ID, Run: s.Run, Debtor: debtor, Members: []string{s.Payer, s.Payee, s.PayerBank, s.PayeeBank},
		Since: s.At, Amount: s.Amount,
	}
	owed := s.State == record.SettlementAgreed && s.Run != ""
	switch {
	case s.Kept && s.PayeeAccount != "":
		w.Kind, w.Member, w.Since = WorkReturned, s.PayerBank, s.EndedAt
	case s.Kept, owed && s.PayeeAccount == "":
		w.Kind, w.Member = WorkAccount, s.Payee
	case s.State.Instructed() && s.DisputedAt != 0:
		w.Kind, w.Member, w.Since = WorkDispute, s.PayerBank, s.DisputedAt
	case s.State.Instructed() && s.StaleAt != 0 && s.StaleAt <= b.src.Now:
		w.Kind, w.Member, w.Since = WorkStale, s.PayeeBank, s.Instruction.At
	case owed && s.Purpose == record.PurposeLateInterest:
		w.Kind, w.Member = WorkInterest, s.PayerBank
	case owed:
		b.toInstruct(s, w)
		return
	default:
		return
	}
	b.put(w)
}

// toInstruct adds a payment to those of its run that one bank is to instruct.
func (b *bench) toInstruct(s *record.Settlement, w Work) {
	key := s.Run + "/" + s.PayerBank
	all := b.instruct[key]
	if all == nil {
		w.Kind, w.Subject, w.Member, w.Amount = WorkInstruct, s.Run, s.PayerBank, 0
		w.Members = []string{s.Payer, s.PayerBank}
		all = &w
		b.instruct[key] = all
	}
	all.Count++
	all.Amount += s.Amount // of one run: bounded by what its debtor owes on a day
	all.Since = min(all.Since, s.At)
}

// extensions lists the members whose answer to an open offer to pay later is missing:
// owners of open fen, who agree or not, and whoever has to consent besides.
func (b *bench) extensions() error {
	var open []*record.Extension
	err := record.Each(b.src.State, record.ExtensionsPrefix(), func(e *record.Extension) bool {
		if !e.Closed && b.src.Now < e.Until {
			open = append(open, e)
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, e := range open {
		waiting, err := b.src.awaited(e)
		if err != nil {
			return err
		}
		for _, w := range waiting {
			b.put(Work{
				Kind: WorkExtension, Subject: e.ID, Run: record.RunID(e.Debtor, e.From), Debtor: e.Debtor, Member: w.member,
				Members: []string{e.Debtor, e.Line.Member, w.member}, Since: e.Signed.At, Amount: w.fen,
			})
		}
	}
	return nil
}

// awaited is a member whose answer is missing, and for how many fen.
type awaited struct {
	member string
	fen    money.Fen // of one certificate
}

func (s *Source) awaited(e *record.Extension) ([]awaited, error) {
	var list []awaited
	wait := func(member string, fen money.Fen) {
		for i := range list {
			if list[i].member == member {
				list[i].fen += fen
				return
			}
		}
		list = append(list, awaited{member, fen})
	}
	all := money.Fen(0)
	c, err := record.Find(s.State, record.CertificateKey(e.Certificate))
	if err != nil || c == nil {
		return nil, err
	}
	err = record.Each(s.State, record.HoldingsPrefix(e.Certificate), func(h *record.Holding) bool {
		if h.Redeemed != 0 || h.Claim.Payment > c.Entered {
			return true
		}
		open := openOf(h)
		for i := range e.Parts {
			if shared, ok := e.Parts[i].Interval.Intersect(h.Interval); ok && e.Parts[i].Made == 0 {
				open -= shared.Amount()
			}
		}
		if open > 0 {
			wait(h.Owner, open)
			all += open
		}
		return true
	})
	for i := range e.Parts {
		part := &e.Parts[i]
		if part.Made != 0 {
			continue
		}
		all += part.Interval.Amount()
		for _, consent := range part.Others {
			if consent.Signed.Member == "" {
				wait(consent.Member, part.Interval.Amount())
			}
		}
	}
	if e.Line.Member != "" && e.Line.Signed.Member == "" && all > 0 {
		wait(e.Line.Member, all)
	}
	return list, err
}
