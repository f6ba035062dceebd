package reconcile

import (
	"crypto/sha256"
	"io"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/iso20022"
)

// Message is a message of a bank that was read whole.
type Message struct {
	Header iso20022.Header
	Hash   record.Digest // SHA-256 of its bytes
	Items  []Told
}

// ReadMessage reads a pain.002, camt.054 or camt.053 to its end. What cannot be read is
// refused with BAD_FILE, what is beyond the limits with TOO_LARGE.
func ReadMessage(r io.Reader, limits iso20022.Limits) (Message, error) {
	var m Message
	var err error
	hash := sha256.New()
	m.Header, err = iso20022.Read(io.TeeReader(r, hash), limits, func(item iso20022.Item) error {
		m.Items = append(m.Items, Told{Item: item})
		return nil
	})
	if err != nil {
		return m, err
	}
	m.Hash = record.Digest(hash.Sum(nil)) // a reader that has found the end has had every byte
	for i := range m.Items {
		m.Items[i].File = File{Kind: m.Header.Kind, Hash: m.Hash, Created: m.Header.Created}
	}
	return m, nil
}

// Of refuses with BAD_FILE a message in which another bank than this one speaks. A bank
// that does not name itself is taken for this one: a leg is matched by its accounts.
func (m *Message) Of(bank string) error {
	other := ""
	for i := range m.Items {
		if by := m.Items[i].Item.Servicer.Code; by != "" && by != bank {
			other = by
		}
	}
	for i := range m.Header.Accounts {
		if by := m.Header.Accounts[i].Servicer.Code; by != "" && by != bank {
			other = by
		}
	}
	if other != "" {
		return code.BadFile.New("the message is of bank %.40q; its own people read it", other)
	}
	return nil
}

// LegID reports whether an end-to-end identification can be the id of a leg.
func LegID(id string) bool {
	const length = 16 // lower-case letters and digits of base 32
	if len(id) != length {
		return false
	}
	for _, c := range id {
		if (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// Turns are the decisions that the ledger is to be told, by index, in the order in which
// it is told: of one leg a report waits for the one before it, so that each turn has at
// most one of each leg.
func Turns(decisions []Decision) [][]int {
	next := map[string]int{}
	var turns [][]int
	for i := range decisions {
		if decisions[i].Bucket != ToReport {
			continue
		}
		n := next[decisions[i].Leg]
		next[decisions[i].Leg]++
		if n == len(turns) {
			turns = append(turns, nil)
		}
		turns[n] = append(turns[n], i)
	}
	return turns
}

// BatchBytes bounds the operations of a batch: it leaves room in a block for others.
const BatchBytes = 96 << 10

// Cut divides operations of these sizes in bytes into batches of at most limit and of
// BatchBytes, each a range of them. One that is larger by itself is alone.
func Cut(sizes []int, limit int) (ranges [][2]int) {
	from, size := 0, 0
	for n, own := range sizes {
		if n > from && (size+own > BatchBytes || n-from == min(max(limit, 1), record.MaxBatchItems)) {
			ranges = append(ranges, [2]int{from, n})
			from, size = n, 0
		}
		size += own
	}
	if from < len(sizes) {
		ranges = append(ranges, [2]int{from, len(sizes)})
	}
	return ranges
}
