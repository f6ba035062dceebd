package world

import (
	"bytes"
	"maps"
	"slices"
)

// Memory is a Backend in memory, for clients that rehearse an operation and for
// tests of the logic packages. It is not safe for concurrent use.
type Memory struct {
	values map[string][]byte
	sorted []string // keys in order; nil when out of date
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory { return &Memory{values: map[string][]byte{}} }

// Get returns the value, or nil.
func (m *Memory) Get(key string) ([]byte, error) { return m.values[key], nil }

// Put sets the value.
func (m *Memory) Put(key string, value []byte) error {
	if _, ok := m.values[key]; !ok {
		m.sorted = nil
	}
	m.values[key] = bytes.Clone(value)
	return nil
}

// Delete removes the key.
func (m *Memory) Delete(key string) error {
	if _, ok := m.values[key]; ok {
		m.sorted = nil
	}
	delete(m.values, key)
	return nil
}

// Scan visits keys of [start, end) in order; an empty end means to the last.
func (m *Memory) Scan(start, end string, visit func(key string, value []byte) (bool, error)) error {
	if m.sorted == nil {
		m.sorted = slices.Sorted(maps.Keys(m.values))
	}
	from, _ := slices.BinarySearch(m.sorted, start)
	for _, key := range m.sorted[from:] {
		if end != "" && key >= end {
			return nil
		}
		if more, err := visit(key, m.values[key]); err != nil || !more {
			return err
		}
	}
	return nil
}

// Clone returns an independent copy.
func (m *Memory) Clone() *Memory {
	return &Memory{values: maps.Clone(m.values), sorted: slices.Clone(m.sorted)}
}

// Equal reports whether both hold the same keys and values.
func (m *Memory) Equal(other *Memory) bool {
	return maps.EqualFunc(m.values, other.values, bytes.Equal)
}
