package bankdesk

import (
	"fmt"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/local"
	"github.com/tierledger/tierledger/node/reconcile"
)

// MaxOpen is how many exceptions of a bank may wait.
const MaxOpen = 100_000

// Exception is one item of a bank's message that nothing was done with: a person decides.
type Exception struct {
	ID        string           `json:"id" doc:"Of the item: the same in every copy of the message"`
	Number    uint64           `json:"number" doc:"In the order in which they were found"`
	At        calendar.Instant `json:"at" doc:"Ledger time at which it was read first"`
	By        Clerk            `json:"by"`
	File      string           `json:"file" doc:"Name of the file, if the reader gave one"`
	Kind      string           `json:"kind" doc:"Of the message" example:"camt.054"`
	Message   string           `json:"message" doc:"Identification of the message"`
	Line      int              `json:"line" doc:"In the file"`
	Leg       string           `json:"leg" doc:"Whose payment it is, empty when it is none's"`
	EndToEnd  string           `json:"endToEnd"`
	Amount    money.Fen        `json:"amount"`
	Direction string           `json:"direction" doc:"credit, debit, or empty in a status report"`
	Account   string           `json:"account" doc:"On which it is booked; of a number the last digits"`
	Reference string           `json:"reference" doc:"The bank's own"`
	Date      calendar.Date    `json:"date" doc:"When it was booked, or answered"`
	Fault     reconcile.Fault  `json:"fault"`
	Why       string           `json:"why"`
	WhyZH     string           `json:"whyZh"`
	Answer    *Resolution      `json:"answer,omitempty"`
}

// Resolution is how an exception ended.
type Resolution struct {
	At   calendar.Instant `json:"at"`
	By   Clerk            `json:"by"`
	Note string           `json:"note" doc:"What was done; empty when the item was used as it was read again"`
}

// ref leads from an exception's place in a list to the exception.
type ref struct {
	ID string `json:"id"`
}

// Keys of exceptions.
const (
	prefixItem = "bankdesk/item/" // bankdesk/item/<bank>/<id>
	prefixOpen = "bankdesk/open/" // bankdesk/open/<bank>/<number>
	prefixDone = "bankdesk/done/" // bankdesk/done/<bank>/<number>
)

func itemKey(bank, id string) local.Key[Exception] {
	return local.Key[Exception](prefixItem + bank + "/" + id)
}

func listKey(done bool, bank string, n uint64) local.Key[ref] {
	return local.Key[ref](numbered(prefixOf(done), bank, n))
}

func prefixOf(done bool) string {
	if done {
		return prefixDone
	}
	return prefixOpen
}

// ExceptionOf is the exception that a decision is. File names the file for people.
func ExceptionOf(d *reconcile.Decision, file string) Exception {
	item := &d.Item
	return Exception{
		ID: d.ID(), File: file, Kind: string(d.File.Kind), Message: item.Message, Line: item.Line, Leg: d.Leg, EndToEnd: item.EndToEnd,
		Amount: item.Amount, Direction: string(item.Direction), Account: Masked(item.Account), Reference: item.Reference, Date: d.Date(),
		Fault: d.Fault, Why: withoutNumbers(d.Why, item), WhyZH: withoutNumbers(d.WhyZH, item),
	}
}

// Masked is the number of an account with all but its last four characters hidden. An
// account that is named by member and word is no number, and stays.
func Masked(a iso20022.Account) string {
	const shown = 4
	text := []rune(string(a))
	if len(text) <= shown || strings.Contains(string(a), "/") {
		return string(a)
	}
	return "…" + string(text[len(text)-shown:])
}

// withoutNumbers hides the account numbers of an item in a text about it.
func withoutNumbers(text string, item *iso20022.Item) string {
	for _, a := range []iso20022.Account{item.Account, item.DebtorAccount, item.CreditorAccount} {
		if a != "" {
			text = strings.ReplaceAll(text, string(a), Masked(a))
		}
	}
	return text
}

// Note adds the exceptions that are new, and ends those of which the same item needs
// nobody any more: used are the ids of such items. It gives how many are new. When more
// than MaxOpen would wait nothing is added: LIMIT_EXCEEDED.
func (d *Desk) Note(bank string, found []Exception, used []string, by Clerk, at calendar.Instant) (fresh int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, err := d.state(bank)
	if err != nil {
		return 0, err
	}
	batch := d.local.NewBatch()
	defer batch.Discard()
	seen := map[string]bool{}
	for _, id := range used {
		if seen[id] {
			continue
		}
		seen[id] = true
		e, err := local.Get(d.local, itemKey(bank, id))
		if err != nil {
			return 0, err
		}
		if e != nil && e.Answer == nil {
			end(batch, bank, e, Resolution{At: at, By: by})
			s.Open--
		}
	}
	for i := range found {
		e := found[i]
		known, err := local.Get(d.local, itemKey(bank, e.ID))
		if err != nil {
			return 0, err
		}
		if known != nil || seen[e.ID] {
			continue
		}
		seen[e.ID] = true
		fresh++
		s.Last++
		s.Open++
		e.Number, e.At, e.By = s.Last, at, by
		local.Put(batch, itemKey(bank, e.ID), &e)
		local.Put(batch, listKey(false, bank, e.Number), &ref{e.ID})
	}
	if s.Open > MaxOpen {
		return 0, code.LimitExceeded.New("%d exceptions would wait, at most %d may: answer some first", s.Open, MaxOpen)
	}
	local.Put(batch, stateKey(bank), &s)
	if err := batch.Commit(); err != nil {
		return 0, fmt.Errorf("note exceptions: %w", err)
	}
	return fresh, nil
}

// end has an exception answered.
func end(batch *local.Batch, bank string, e *Exception, answer Resolution) {
	e.Answer = &answer
	local.Put(batch, itemKey(bank, e.ID), e)
	local.Delete(batch, listKey(false, bank, e.Number))
	local.Put(batch, listKey(true, bank, e.Number), &ref{e.ID})
}

// Answer notes what was done about an exception. One that is not there is NOT_FOUND, one
// that was answered ALREADY_EXISTS.
func (d *Desk) Answer(bank, id string, answer Resolution) (*Exception, error) {
	if id == "" || strings.Contains(id, "/") {
		return nil, code.NotFound.New("exception %.40q", id)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	e, err := local.Get(d.local, itemKey(bank, id))
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, code.NotFound.New("exception %.40q", id)
	}
	if e.Answer != nil {
		return nil, code.AlreadyExists.New("exception %s was answered at %s", e.ID, e.Answer.At)
	}
	s, err := d.state(bank)
	if err != nil {
		return nil, err
	}
	s.Open--
	batch := d.local.NewBatch()
	end(batch, bank, e, answer)
	local.Put(batch, stateKey(bank), &s)
	if err := batch.Commit(); err != nil {
		return nil, fmt.Errorf("answer exception %s: %w", id, err)
	}
	return e, nil
}

// Exceptions lists a bank's exceptions that wait, or those that are done, the latest
// first: at most limit of those numbered below before, 0 from the latest. It says whether
// there are more.
func (d *Desk) Exceptions(bank string, done bool, before uint64, limit int) (list []Exception, more bool, err error) {
	list = []Exception{}
	err = local.ScanReverse(d.local, prefixOf(done)+bank+"/", func(_ local.Key[ref], r *ref) (bool, error) {
		e, err := local.Get(d.local, itemKey(bank, r.ID))
		switch {
		case err != nil:
			return false, err
		case e == nil:
			return false, fmt.Errorf("exception %s is listed and not there", r.ID)
		case before != 0 && e.Number >= before || done != (e.Answer != nil):
			return true, nil // the other list has it since the scan began
		case len(list) == limit:
			more = true
			return false, nil
		}
		list = append(list, *e)
		return true, nil
	})
	return list, more, err
}
