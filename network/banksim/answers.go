package banksim

import (
	"bytes"
	"fmt"
	"io"

	"github.com/tierledger/tierledger/node/iso20022"
)

// reports are the status reports of one file, by the bank that is asked to pay.
type reports struct {
	order []*bank
	of    map[*bank][]iso20022.PaymentStatus
}

func (r *reports) add(b *bank, status iso20022.PaymentStatus) {
	if r.of[b] == nil {
		r.order = append(r.order, b)
	}
	r.of[b] = append(r.of[b], status)
}

// message gives a new message identification of a bank.
func (b *bank) message(kind string) string {
	b.messages++
	return fmt.Sprintf("%s-%s-%06d", kind, b.agent.Code, b.messages)
}

// file writes a message of a bank.
func (b *bank) file(kind iso20022.Kind, message string, write func(io.Writer) error) (File, error) {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return File{}, fmt.Errorf("write %s %s: %w", kind, message, err)
	}
	return File{Name: fmt.Sprintf("%s-%s.xml", kind, message), Bank: b.agent.Code, Kind: kind, Bytes: text.Bytes()}, nil
}

// status writes the status reports of one file.
func (s *Simulator) status(original string, reports reports) ([]File, error) {
	var files []File
	for _, b := range reports.order {
		report := iso20022.StatusReport{
			ID: b.message("A"), Created: s.config.Now(), Bank: b.agent, Original: original, Payments: reports.of[b],
		}
		var all []iso20022.TransactionStatus
		for _, p := range report.Payments {
			all = append(all, p.Transactions...)
		}
		report.Code = summary(all)
		file, err := b.file(iso20022.Pain002, report.ID, func(w io.Writer) error { return iso20022.WriteStatusReport(w, report) })
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// refuseAgain answers a message that was carried out before. The reason says that it is
// the copy which is refused.
func (s *Simulator) refuseAgain(in iso20022.Initiation) ([]File, error) {
	var files []File
	answered := map[*bank]bool{}
	for _, group := range in.Payments {
		b := s.bankOf(group.DebtorAgent)
		if answered[b] {
			continue
		}
		answered[b] = true
		report := iso20022.StatusReport{
			ID: b.message("A"), Created: s.config.Now(), Bank: b.agent, Original: in.MessageID,
			Code: "RJCT", Reason: iso20022.Reason{Code: "DU01", Text: "message identification is not unique"},
		}
		file, err := b.file(iso20022.Pain002, report.ID, func(w io.Writer) error { return iso20022.WriteStatusReport(w, report) })
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// summary is the status of a group of transactions.
func summary(all []iso20022.TransactionStatus) string {
	rejected, settled := 0, 0
	for _, t := range all {
		switch t.Code {
		case "RJCT":
			rejected++
		case "ACSC":
			settled++
		}
	}
	switch {
	case rejected == len(all):
		return "RJCT"
	case rejected > 0:
		return "PART"
	case settled == len(all):
		return "ACSC"
	}
	return "ACSP"
}

// notify writes the entries of one side as a notification of each bank that has some.
// The accounts of a bank itself have no owner to notify.
func (s *Simulator) notify(side iso20022.Direction, notices []notice) ([]File, error) {
	var order []*bank
	of := map[*bank][]notice{}
	for _, n := range notices {
		if n.entry.Direction != side || n.account.own {
			continue
		}
		if of[n.bank] == nil {
			order = append(order, n.bank)
		}
		of[n.bank] = append(of[n.bank], n)
	}
	kind := "D"
	if side == iso20022.Credit {
		kind = "C"
	}
	var files []File
	for _, b := range order {
		notification := iso20022.Notification{ID: b.message(kind), Created: s.config.Now()}
		notification.Accounts = b.reports(of[b])
		file, err := b.file(iso20022.Camt054, notification.ID, func(w io.Writer) error {
			return iso20022.WriteNotification(w, notification)
		})
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// reports puts the entries of each account together.
func (b *bank) reports(notices []notice) (accounts []iso20022.AccountReport) {
	at := map[*account]int{}
	for _, n := range notices {
		i, begun := at[n.account]
		if !begun {
			i = len(accounts)
			at[n.account] = i
			accounts = append(accounts, iso20022.AccountReport{
				ID: fmt.Sprintf("%06d-%d", b.messages, i+1), Account: n.account.number, Owner: n.account.owner, Servicer: b.agent,
			})
		}
		accounts[i].Entries = append(accounts[i].Entries, n.entry)
	}
	return accounts
}
