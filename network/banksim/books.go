package banksim

import (
	"fmt"
	"io"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/node/iso20022"
)

// Accounts of a bank itself. They are in its statements, and nobody is notified.
const (
	// Differences holds what a bank kept of a payment or paid on top of it.
	Differences iso20022.Account = "BANK-DIFFERENCES"
	// Outside is where money comes from that nobody on the network sent.
	Outside iso20022.Account = "BANK-OUTSIDE"
)

// bank is one of the banks that the files name.
type bank struct {
	agent      iso20022.Agent
	references int // given so far
	messages   int
	accounts   map[iso20022.Account]*account
	order      []*account // as they were first seen
}

// account is an account at a bank, with everything that was ever booked on it.
type account struct {
	number  iso20022.Account
	owner   iso20022.Party
	own     bool // the bank's
	opening money.Fen
	balance money.Fen
	entries []posting
}

// posting is an entry and the day it was booked on.
type posting struct {
	day   calendar.Date
	entry iso20022.Entry
}

// notice is an entry that a bank tells the owner of an account.
type notice struct {
	bank    *bank
	account *account
	entry   iso20022.Entry
}

// bankOf finds a bank by its social credit code, or meets it.
func (s *Simulator) bankOf(agent iso20022.Agent) *bank {
	b, met := s.banks[agent.Code]
	if !met {
		b = &bank{agent: agent, accounts: map[iso20022.Account]*account{}}
		s.banks[agent.Code] = b
		s.order = append(s.order, b)
	}
	return b
}

// accountOf finds an account, or opens it with the balance that every account of a
// customer begins with.
func (s *Simulator) accountOf(b *bank, number iso20022.Account, owner iso20022.Party) *account {
	a, open := b.accounts[number]
	if !open {
		a = &account{number: number, owner: owner, own: number == Differences || number == Outside}
		if !a.own {
			a.opening = s.config.Opening
		}
		a.balance = a.opening
		b.accounts[number] = a
		b.order = append(b.order, a)
	}
	return a
}

// book books an amount on one side of an account, under a new reference of the bank.
// Money that leaves an account is in transit until it is booked on another.
func (s *Simulator) book(b *bank, a *account, side iso20022.Direction, detail iso20022.Detail) (notice, error) {
	now := s.config.Now()
	b.references++
	detail.Reference = fmt.Sprintf("%s%s-%06d", s.config.Series, now.Date().Compact(), b.references)
	entry := iso20022.Entry{
		Reference: detail.Reference, Amount: detail.Amount, Direction: side, Status: iso20022.Booked,
		Booked: iso20022.At(now), Value: iso20022.On(now.Date()), Details: []iso20022.Detail{detail},
	}
	change := detail.Amount
	if side == iso20022.Debit {
		change = -change
	}
	balance, err := a.balance.Add(change)
	if err != nil {
		return notice{}, fmt.Errorf("book on account %s: %w", a.number, err)
	}
	transit, err := s.transit.Sub(change)
	if err != nil {
		return notice{}, fmt.Errorf("book on account %s: %w", a.number, err)
	}
	a.balance, s.transit = balance, transit
	a.entries = append(a.entries, posting{day: now.Date(), entry: entry})
	return notice{bank: b, account: a, entry: entry}, nil
}

// own books on an account of the bank itself.
func (s *Simulator) own(b *bank, number iso20022.Account, side iso20022.Direction, amount money.Fen, about iso20022.Detail) error {
	about.Amount = amount
	_, err := s.book(b, s.accountOf(b, number, iso20022.Party{}), side, about)
	return err
}

// InTransit is the money that has left an account and not yet arrived at another: that
// of credits which are late.
func (s *Simulator) InTransit() money.Fen { return s.transit }

// mustBalance stops the program if money was made or lost: what is in transit must be
// what is still to be credited.
func (s *Simulator) mustBalance() {
	var late money.Fen
	for _, u := range s.pending {
		if u.fault == Late {
			late += u.detail.Amount
		}
	}
	if late != s.transit {
		panic(fmt.Sprintf("banksim: %s is in transit, and %s is still to be credited", s.transit, late))
	}
}

// Statement gives a camt.053 of every bank on which accounts something was booked on a
// day, those accounts in it with all that was booked and the balances around it.
func (s *Simulator) Statement(day calendar.Date) ([]File, error) {
	var files []File
	for _, b := range s.order {
		var accounts []iso20022.AccountReport
		for _, a := range b.order {
			if report, moved := a.report(day); moved {
				report.ID = fmt.Sprintf("%s-%d", day.Compact(), len(accounts)+1)
				report.Servicer = b.agent
				accounts = append(accounts, report)
			}
		}
		if len(accounts) == 0 {
			continue
		}
		statement := iso20022.Statement{ID: b.message("S"), Created: s.config.Now(), Accounts: accounts}
		file, err := b.file(iso20022.Camt053, statement.ID, func(w io.Writer) error { return iso20022.WriteStatement(w, statement) })
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// report gives what was booked on a day, if anything was.
func (a *account) report(day calendar.Date) (report iso20022.AccountReport, moved bool) {
	report = iso20022.AccountReport{
		Account: a.number, Owner: a.owner, From: day.Start(), To: day.AddDays(1).Start() - 1, Opening: a.opening,
	}
	for _, p := range a.entries {
		if p.day < day {
			report.Opening += signed(p.entry)
		}
	}
	report.Closing = report.Opening
	for _, p := range a.entries {
		if p.day == day {
			report.Entries = append(report.Entries, p.entry)
			report.Closing += signed(p.entry)
		}
	}
	return report, len(report.Entries) > 0
}

// signed is the change that an entry makes to its account. Its sums are parts of a
// balance that was checked when it was booked.
func signed(e iso20022.Entry) money.Fen {
	if e.Direction == iso20022.Debit {
		return -e.Amount
	}
	return e.Amount
}
