package banksim

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/node/iso20022"
)

// Balances that an account can begin with.
const (
	// Plenty is what it begins with unless the configuration says otherwise.
	Plenty money.Fen = 1_000_000_000_000_00 // a trillion yuan
	// MaxOpening is the most, so that balances stay within what a statement can carry.
	MaxOpening = 10 * Plenty
)

// maxSeries leaves room for a day and a number in a reference of 35 characters.
const maxSeries = 16

// Config is all that the answers depend on besides the files.
type Config struct {
	Seed   uint64
	Faults Faults
	// Now is the banks' clock: when things are booked and files are written.
	Now func() calendar.Instant
	// Opening is the balance that the account of a customer begins with, zero for Plenty.
	// A payment beyond the balance is rejected with AM04.
	Opening money.Fen
	// Series stands before every reference, at most 16 characters: banks that are started
	// anew for the same ledger give no reference twice if theirs is another one.
	Series string
}

// File is an answer of a bank.
type File struct {
	Name  string // unique per simulator; a file that comes again has the same
	Bank  string // social credit code of the bank that wrote it
	Kind  iso20022.Kind
	Bytes []byte
}

// Simulator is a set of banks, which it meets in the files it is given.
type Simulator struct {
	config  Config
	banks   map[string]*bank
	order   []*bank // as they were met
	seen    map[string]bool
	pending []unfinished
	again   map[string]bool // banks whose credits of this file are told once more
	repeats []File          // and those credits
	transit money.Fen
}

// unfinished is a transaction of which something is still to come.
type unfinished struct {
	payment
	fault  Fault
	notice notice // of a Duplicate: what was told, and is told again
}

// payment is a transfer with what its payment group says of it.
type payment struct {
	payerBank, payeeBank *bank
	payer, payee         *account
	detail               iso20022.Detail // as the payee's bank tells it
	instruction          string          // between the payer and its bank
	execution            calendar.Date
}

// New starts banks without customers. Unknown faults and a balance beyond MaxOpening
// are refused with BAD_ARGUMENT.
func New(config Config) (*Simulator, error) {
	if err := config.Faults.check(); err != nil {
		return nil, err
	}
	if config.Now == nil {
		return nil, code.BadArgument.New("the banks need a clock")
	}
	if config.Opening == 0 {
		config.Opening = Plenty
	}
	if len(config.Series) > maxSeries {
		return nil, code.BadArgument.New("series %q, at most %d characters", config.Series, maxSeries)
	}
	if config.Opening < 0 || config.Opening > MaxOpening {
		return nil, code.BadArgument.New("opening balance %s, at most %s", config.Opening, MaxOpening)
	}
	return &Simulator{config: config, banks: map[string]*bank{}, seen: map[string]bool{}}, nil
}

// Pay carries out a pain.001 and gives the answers: a pain.002 of each payer's bank, a
// camt.054 of each payer's bank with debits and one of each payee's bank with credits.
// A message identification that was seen before is answered with a rejection, and
// nothing is booked again. A file that cannot be read is refused with BAD_FILE or
// TOO_LARGE.
func (s *Simulator) Pay(pain001 io.Reader) ([]File, error) {
	in, err := iso20022.ReadInitiation(pain001, iso20022.DefaultLimits())
	if err != nil {
		return nil, err
	}
	if s.seen[in.MessageID] {
		return s.refuseAgain(in)
	}
	s.seen[in.MessageID] = true
	s.again = map[string]bool{}
	reports := reports{of: map[*bank][]iso20022.PaymentStatus{}}
	var notices []notice
	for _, group := range in.Payments {
		status, told, err := s.carryOut(in.MessageID, group)
		if err != nil {
			return nil, err
		}
		reports.add(s.bankOf(group.DebtorAgent), status)
		notices = append(notices, told...)
	}
	s.mustBalance()
	return s.answer(in.MessageID, reports, notices)
}

// answer writes what the banks say of a file.
func (s *Simulator) answer(message string, reports reports, notices []notice) ([]File, error) {
	chance := s.draw(message)
	reordered := s.reordered(message, chance)
	if reordered {
		chance.Shuffle(len(notices), func(i, j int) { notices[i], notices[j] = notices[j], notices[i] })
	}
	answers, err := s.status(message, reports)
	if err != nil {
		return nil, err
	}
	debits, err := s.notify(iso20022.Debit, notices)
	if err != nil {
		return nil, err
	}
	credits, err := s.notify(iso20022.Credit, notices)
	if err != nil {
		return nil, err
	}
	for _, file := range credits {
		if s.again[file.Bank] {
			s.repeats = append(s.repeats, file)
		}
	}
	if reordered {
		return slices.Concat(credits, debits, answers), nil
	}
	return slices.Concat(answers, debits, credits), nil
}

// carryOut carries out one payment group.
func (s *Simulator) carryOut(message string, group iso20022.PaymentGroup) (iso20022.PaymentStatus, []notice, error) {
	status := iso20022.PaymentStatus{ID: group.ID}
	var notices []notice
	for _, t := range group.Transfers {
		p := s.payment(message, group, t)
		answer, told, err := s.transfer(p)
		if err != nil {
			return status, nil, err
		}
		status.Transactions = append(status.Transactions, answer)
		notices = append(notices, told...)
	}
	status.Code = summary(status.Transactions)
	return status, notices, nil
}

func (s *Simulator) payment(message string, group iso20022.PaymentGroup, t iso20022.Transfer) payment {
	payerBank, payeeBank := s.bankOf(group.DebtorAgent), s.bankOf(t.CreditorAgent)
	return payment{
		payerBank: payerBank, payeeBank: payeeBank,
		payer:       s.accountOf(payerBank, group.DebtorAccount, group.Debtor),
		payee:       s.accountOf(payeeBank, t.CreditorAccount, t.Creditor),
		instruction: t.InstructionID, execution: group.Execution,
		detail: iso20022.Detail{
			Original: message, Payment: group.ID, EndToEndID: t.EndToEndID, Amount: t.Amount,
			Debtor: group.Debtor, DebtorAccount: group.DebtorAccount, DebtorAgent: payerBank.agent,
			Creditor: t.Creditor, CreditorAccount: t.CreditorAccount, CreditorAgent: payeeBank.agent,
			Remittance: t.Remittance,
		},
	}
}

// transfer carries out one payment, as far as its fate lets it.
func (s *Simulator) transfer(p payment) (iso20022.TransactionStatus, []notice, error) {
	chance := s.draw(p.detail.EndToEndID)
	fault := s.fate(p.detail.EndToEndID, chance)
	answer := iso20022.TransactionStatus{
		EndToEndID: p.detail.EndToEndID, InstructionID: p.instruction, Amount: p.detail.Amount, Execution: p.execution,
		Debtor: p.detail.Debtor, DebtorAccount: p.detail.DebtorAccount, DebtorAgent: p.detail.DebtorAgent,
		Creditor: p.detail.Creditor, CreditorAccount: p.detail.CreditorAccount, CreditorAgent: p.detail.CreditorAgent,
	}
	switch {
	case fault == Rejected:
		answer.Code, answer.Reason = "RJCT", iso20022.Reason{Code: "AC01", Text: "incorrect account number"}
		return answer, nil, nil
	case p.payer.balance < p.detail.Amount:
		answer.Code, answer.Reason = "RJCT", iso20022.Reason{Code: "AM04", Text: "insufficient funds"}
		return answer, nil, nil
	}
	own := p.detail
	own.InstructionID = p.instruction
	debit, err := s.book(p.payerBank, p.payer, iso20022.Debit, own)
	if err != nil {
		return answer, nil, err
	}
	answer.Code, answer.Accepted, answer.Reference = "ACSC", s.config.Now(), debit.entry.Reference
	p.detail.TransactionID = debit.entry.Reference
	if fault == Late {
		answer.Code = "ACSP"
		s.pending = append(s.pending, unfinished{payment: p, fault: Late})
		return answer, []notice{debit}, nil
	}
	credits, err := s.credit(p, fault, chance)
	return answer, append([]notice{debit}, credits...), err
}

// credit credits the payee, or whom the fault says, and what the fault adds.
func (s *Simulator) credit(p payment, fault Fault, chance *rand.Rand) ([]notice, error) {
	detail, payee := p.detail, p.payee
	switch fault {
	case Partial:
		if detail.Amount == 1 {
			break // there is no part of a fen
		}
		kept := money.Fen(1 + chance.Int64N(int64(detail.Amount)-1))
		if err := s.own(p.payeeBank, Differences, iso20022.Credit, kept, detail); err != nil {
			return nil, err
		}
		detail.Amount -= kept
	case Excess:
		more := money.Fen(1 + chance.Int64N(int64(detail.Amount)))
		if err := s.own(p.payeeBank, Differences, iso20022.Debit, more, detail); err != nil {
			return nil, err
		}
		detail.Amount += more
	case WrongAccount:
		detail.CreditorAccount = astray(payee.number)
		payee = s.accountOf(p.payeeBank, detail.CreditorAccount, iso20022.Party{})
	default:
	}
	credit, err := s.book(p.payeeBank, payee, iso20022.Credit, detail)
	if err != nil {
		return nil, err
	}
	switch fault {
	case Duplicate:
		if chance.IntN(2) == 0 {
			s.again[p.payeeBank.agent.Code] = true
			break
		}
		s.pending = append(s.pending, unfinished{payment: p, fault: fault, notice: credit})
	case Returned:
		s.pending = append(s.pending, unfinished{payment: p, fault: fault})
	case Unknown:
		more, err := s.unasked(p, chance)
		return []notice{credit, more}, err
	default:
	}
	return []notice{credit}, nil
}

// unasked credits the payee with money that nobody on the network sent.
func (s *Simulator) unasked(p payment, chance *rand.Rand) (notice, error) {
	gift := iso20022.Detail{
		Amount: p.detail.Amount, Debtor: iso20022.Party{Name: "Unknown payer"}, DebtorAccount: Outside,
		Creditor: p.detail.Creditor, CreditorAccount: p.detail.CreditorAccount, CreditorAgent: p.detail.CreditorAgent,
	}
	if chance.IntN(2) == 0 { // else it has none
		gift.EndToEndID = fmt.Sprintf("UNASKED-%016X", chance.Uint64())
	}
	if err := s.own(p.payeeBank, Outside, iso20022.Debit, gift.Amount, gift); err != nil {
		return notice{}, err
	}
	return s.book(p.payeeBank, p.payee, iso20022.Credit, gift)
}

// astray gives another account number that looks like this one.
func astray(number iso20022.Account) iso20022.Account {
	last := number[len(number)-1]
	if last == '9' {
		return number[:len(number)-1] + "8"
	}
	return number[:len(number)-1] + "9"
}

// Next lets time pass: what is late is credited, what is to be returned goes back, and
// what is told twice is told again. Without anything to come it gives no files.
func (s *Simulator) Next() ([]File, error) {
	pending, files := s.pending, s.repeats
	s.pending, s.repeats = nil, nil
	var notices []notice
	for _, u := range pending {
		told, err := s.settle(u)
		if err != nil {
			return nil, err
		}
		notices = append(notices, told...)
	}
	s.mustBalance()
	debits, err := s.notify(iso20022.Debit, notices)
	if err != nil {
		return nil, err
	}
	credits, err := s.notify(iso20022.Credit, notices)
	return slices.Concat(files, debits, credits), err
}

// settle does what was left to do of a transaction.
func (s *Simulator) settle(u unfinished) ([]notice, error) {
	if u.fault == Duplicate {
		return []notice{u.notice}, nil
	}
	if u.fault == Late {
		credit, err := s.book(u.payeeBank, u.payee, iso20022.Credit, u.detail)
		return []notice{credit}, err
	}
	back := u.detail
	back.Return = &iso20022.Reason{Code: "AC04", Text: "closed account number"}
	debit, err := s.book(u.payeeBank, u.payee, iso20022.Debit, back)
	if err != nil {
		return nil, err
	}
	credit, err := s.book(u.payerBank, u.payer, iso20022.Credit, back)
	return []notice{debit, credit}, err
}
