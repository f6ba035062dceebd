package view

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// The first byte of a key says what the row is. Text parts end with a zero
// byte, which no identifier contains; numbers are big-endian, so that keys sort
// as their values do.
const (
	kindCertificate byte = 'c' // number -> CertificateRow
	kindHolding     byte = 'h' // certificate, id -> HoldingRow
	kindByDebtor    byte = 'd' // debtor, payment, certificate -> nothing
	kindByOwner     byte = 'o' // owner, payment, certificate, id -> nothing
	kindByMaturity  byte = 'm' // debtor, payment, certificate, id -> nothing
	kindByState     byte = 's' // state, payment, certificate, id -> nothing
	kindByTier      byte = 't' // tier, payment, certificate, id -> nothing
	kindHistory     byte = 'y' // subject, height, index -> nothing
	kindLineage     byte = 'l' // certificate, from, to, height, index, move -> nothing
	kindWork        byte = 'w' // member, subject -> Work
	kindFinancing   byte = 'f' // financing -> FinancingRow
	kindByRequest   byte = 'r' // time of request, financing -> nothing
	kindByParty     byte = 'p' // holder, funder or debtor, time of request, financing -> nothing
	kindByStage     byte = 'g' // state of the financing, time of request, financing -> nothing
	kindLeg         byte = 'e' // leg -> LegRow
	kindByRun       byte = 'n' // run, leg -> nothing
	kindByClaimant  byte = 'q' // payee or owner of the fen, run, leg -> nothing
	kindFeed        byte = 'a' // member, height, index -> nothing
	kindBySubject   byte = 'k' // member, class, subject -> height and index at which the member first learnt of it
	kindByClass     byte = 'j' // member, class, height and index inverted, subject -> nothing
	kindLegTotal    byte = 'u' // run, purpose, payer's bank, payee's bank, state, kept -> LegTotal
)

// key builds a key part by part.
type key []byte

func newKey(kind byte) key { return append(make(key, 0, 96), kind) }

func (k key) text(s string) key { return append(append(k, s...), 0) }

func (k key) number(n uint32) key { return binary.BigEndian.AppendUint32(k, n) }

func (k key) tier(n uint16) key { return binary.BigEndian.AppendUint16(k, n) }

func (k key) date(d calendar.Date) key {
	return binary.BigEndian.AppendUint32(k, uint32(d)^(1<<31))
}

func (k key) fen(f money.Fen) key {
	return binary.BigEndian.AppendUint64(k, uint64(f)^(1<<63))
}

func (k key) instant(at calendar.Instant) key {
	return binary.BigEndian.AppendUint64(k, uint64(at)^(1<<63))
}

func (k key) place(height int64, index uint32) key {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(k, uint64(height)^(1<<63)), index)
}

// later is place so that the latest comes first.
func (k key) later(height int64, index uint32) key {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(k, ^(uint64(height)^(1<<63))), ^index)
}

// end is the first key after all that start with k.
func (k key) end() []byte {
	e := bytes.Clone(k)
	for i := len(e) - 1; i >= 0; i-- {
		if e[i]++; e[i] != 0 {
			return e[:i+1]
		}
	}
	return nil
}

func certificateKey(number string) key { return newKey(kindCertificate).text(number) }

func holdingKey(certificate string, id uint32) key {
	return newKey(kindHolding).text(certificate).number(id)
}

// holdingIndexes are the keys under which a holding is found.
func holdingIndexes(r *record.HoldingRow) []key {
	piece := func(k key) key { return k.date(r.Payment).text(r.Certificate).number(r.ID) }
	return []key{
		piece(newKey(kindByOwner).text(r.Owner)),
		piece(newKey(kindByMaturity).text(r.Debtor)),
		piece(append(newKey(kindByState), byte(r.State))),
		piece(newKey(kindByTier).tier(r.Tier)),
	}
}

func debtorIndex(r *record.CertificateRow) key {
	return newKey(kindByDebtor).text(r.Debtor).date(r.Payment).text(r.Number)
}

func workKey(member, subject string) key { return newKey(kindWork).text(member).text(subject) }

func feedIndex(member string) key { return newKey(kindFeed).text(member) }

func subjectKey(id subjectID) key {
	return append(newKey(kindBySubject).text(id.member), byte(id.class)).text(id.subject)
}

func classIndex(member string, class Class) key {
	return append(newKey(kindByClass).text(member), byte(class))
}

func financingKey(id string) key { return newKey(kindFinancing).text(id) }

func partyIndex(member string) key { return newKey(kindByParty).text(member) }

func stageIndex(state record.FinancingState) key { return append(newKey(kindByStage), byte(state)) }

// financingIndexes are the keys under which a financing is found, each once.
func financingIndexes(r *record.FinancingRow) []key {
	asked := func(k key) key { return k.instant(r.At).text(r.ID) }
	list := []key{asked(newKey(kindByRequest)), asked(stageIndex(r.State))}
	for _, member := range append([]string{r.Holder, r.Funder}, r.Debtors...) {
		if k := asked(partyIndex(member)); member != "" && !holds(list, k) {
			list = append(list, k)
		}
	}
	return list
}

func holds(list []key, k key) bool {
	return slices.ContainsFunc(list, func(other key) bool { return bytes.Equal(other, k) })
}
