package record

import "fmt"

// State is one moment of the committed records, as a node's readers see it.
type State interface {
	// Get returns nil when the key is absent.
	Get(key string) ([]byte, error)
	// Scan visits the keys of [start, end) in order until visit returns false. The
	// value is valid until visit returns.
	Scan(start, end string, visit func(key string, value []byte) (bool, error)) error
}

// Find reads a record of state, nil when there is none.
func Find[T any](s State, key Key[T]) (*T, error) {
	data, err := s.Get(string(key))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	if data == nil {
		return nil, nil
	}
	v := new(T)
	if err := Read(data, v); err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return v, nil
}

// Each visits the records whose keys begin with a prefix, in order, until visit
// returns false.
func Each[T any](s State, prefix string, visit func(*T) bool) error {
	return s.Scan(prefix, PrefixEnd(prefix), func(key string, data []byte) (bool, error) {
		v := new(T)
		if err := Read(data, v); err != nil {
			return false, fmt.Errorf("read %s: %w", key, err)
		}
		return visit(v), nil
	})
}
