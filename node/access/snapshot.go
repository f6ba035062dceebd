package access

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
)

// snapshotState is the state space of a snapshot.
type snapshotState struct{ *store.Snapshot }

func (s snapshotState) Get(key string) ([]byte, error) {
	return s.Snapshot.Get(store.State, []byte(key))
}

func (s snapshotState) Scan(start, end string, visit func(string, []byte) (bool, error)) error {
	return s.Snapshot.Scan(store.State, []byte(start), []byte(end), func(k, v []byte) (bool, error) {
		return visit(string(k), v)
	})
}

// At is the moment that a snapshot of the ledger holds, with its head and the
// network's settings, which are zero before the first block. The snapshot stays the
// caller's to close, after the last use of the moment.
func At(s *store.Snapshot) (m Moment, head store.Head, settings record.Settings, err error) {
	m.State, m.View = snapshotState{s}, s
	if head, err = s.Head(); err != nil {
		return m, head, settings, err
	}
	stored, err := record.Find(m.State, record.SettingsKey())
	if err != nil {
		return m, head, settings, err
	}
	if stored != nil {
		settings = *stored
	}
	m.Now = calendar.Instant(head.Time + settings.OffsetMillis)
	return m, head, settings, nil
}
