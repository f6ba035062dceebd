package importer

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Stage is a step of an import that must be complete before the next begins.
type Stage string

// sent is a signed transaction as the journal keeps it: durable before it is
// sent, so that after a crash the same bytes can be sent again.
type sent struct {
	Stage   Stage         `json:"stage"`
	ID      record.Digest `json:"id"`
	Expires int64         `json:"expires"` // unix second of ledger time
	Node    int           `json:"node"`
	Items   []int         `json:"items"` // what each operation is for, by index in the import's own list
	Tx      string        `json:"tx"`    // compact JWS
}

// final says that the outcome of a transaction was seen, and what of it failed.
// It is not synced: lost, the transaction is sent again and has the same outcome.
type final struct {
	ID record.Digest `json:"id"`
	// Again is true when nothing of it was executed and its items wait for another
	// transaction.
	Again   bool                `json:"again,omitempty"`
	Refused map[int]*code.Error `json:"refused,omitempty"` // by position in Items
	Note    string              `json:"note,omitempty"`    // of the stage, for example a proposal's id
}

// entry is one line of the journal.
type entry struct {
	Import string `json:"import,omitempty"` // the first line: what the journal belongs to
	Sent   *sent  `json:"sent,omitempty"`
	Final  *final `json:"final,omitempty"`
}

// journal is the file of what was sent. It is safe for concurrent use; those who
// append at the same time share one sync.
type journal struct {
	file *os.File

	mu     sync.Mutex // of buffer and round
	buffer []byte
	round  int // of the lines now being gathered

	writing sync.Mutex // held by the one who writes for all
	written int        // rounds that are durable
	err     error      // of a write; nothing is appended after it
}

// openJournal opens or creates the journal of an import and gives every line of
// it to replay, in order. Half a line at the end, from a crash in the middle of a
// write, is cut off: nothing was sent on its word. A journal of another import is
// refused.
func openJournal(path, name string, replay func(entry) error) (*journal, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	j := &journal{file: file, round: 1}
	if err := j.replay(name, replay); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal %s: %w", path, err), file.Close())
	}
	return j, nil
}

func (j *journal) replay(name string, replay func(entry) error) error {
	reader := bufio.NewReaderSize(j.file, 64<<10)
	var offset int64
	for {
		line, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("the line at byte %d is damaged: %w", offset, err)
		}
		if offset == 0 {
			if e.Import != name {
				return errors.New("it belongs to another import")
			}
		} else if err := replay(e); err != nil {
			return err
		}
		offset += int64(len(line))
	}
	if err := j.file.Truncate(offset); err != nil {
		return err
	}
	if _, err := j.file.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	if offset == 0 {
		return j.append(entry{Import: name}, true)
	}
	return nil
}

// append adds a line. A durable one is on disk when append returns.
func (j *journal) append(e entry, durable bool) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	j.mu.Lock()
	j.buffer = append(append(j.buffer, line...), '\n')
	mine, big := j.round, len(j.buffer) > 1<<20
	j.mu.Unlock()
	if !durable && !big {
		return nil
	}
	return j.flush(mine)
}

// flush makes a round of lines durable. Whoever comes while another writes finds
// its own lines written, or writes for all that came meanwhile.
func (j *journal) flush(round int) error {
	j.writing.Lock()
	defer j.writing.Unlock()
	if j.err != nil || j.written >= round {
		return j.err
	}
	j.mu.Lock()
	lines := j.buffer
	j.buffer = nil
	j.written = j.round
	j.round++
	j.mu.Unlock()
	if _, err := j.file.Write(lines); err != nil {
		j.err = fmt.Errorf("write journal: %w", err)
	} else if err := j.file.Sync(); err != nil {
		j.err = fmt.Errorf("write journal: %w", err)
	}
	return j.err
}

// close writes what is left and closes the file.
func (j *journal) close() error {
	j.mu.Lock()
	round := j.round
	j.mu.Unlock()
	return errors.Join(j.flush(round), j.file.Close())
}

// unsettled are the transactions of a journal whose outcome was not seen, in the
// order in which they were signed.
type unsettled struct {
	list []sent
	at   map[record.Digest]int
}

func (u *unsettled) add(s sent) {
	if u.at == nil {
		u.at = map[record.Digest]int{}
	}
	u.at[s.ID] = len(u.list)
	u.list = append(u.list, s)
}

// settle takes a transaction out and returns it; its bytes are forgotten.
func (u *unsettled) settle(id record.Digest) (sent, bool) {
	i, ok := u.at[id]
	if !ok {
		return sent{}, false
	}
	s := u.list[i]
	u.list[i] = sent{}
	delete(u.at, id)
	return s, true
}

// rest are those that are left.
func (u *unsettled) rest() []sent {
	var list []sent
	for _, s := range u.list {
		if s.Tx != "" {
			list = append(list, s)
		}
	}
	return list
}
