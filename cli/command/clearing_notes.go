package command

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/code"
)

// notes is a file of lines of JSON in the directory that --home names: what a bank's desk
// remembers besides the ledger. Lines are only added.
type notes[T any] struct{ path string }

func notesIn[T any](a *app, name string) notes[T] { return notes[T]{filepath.Join(a.home, name)} }

// maxLine bounds a line of notes, in bytes.
const maxLine = 64 << 20

// all reads the notes; none yet is an empty list. The rest of a line that a crash cut off
// at the end is passed over.
func (n notes[T]) all() ([]T, error) {
	file, err := os.Open(n.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", n.path, err)
	}
	defer func() { _ = file.Close() }() // only read
	var list []T
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			if lines.Scan() {
				return nil, code.BadFile.New("%s: %v", n.path, err)
			}
			break
		}
		list = append(list, v)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", n.path, err)
	}
	return list, nil
}

// add adds lines. They are on disk when it returns.
func (n notes[T]) add(list ...T) (err error) {
	if len(list) == 0 {
		return nil
	}
	var text bytes.Buffer
	for _, v := range list {
		line, err := json.Marshal(v, json.Deterministic(true), json.OmitZeroStructFields(true))
		if err != nil {
			return fmt.Errorf("write %s: %w", n.path, err)
		}
		text.Write(append(line, '\n'))
	}
	if err := os.MkdirAll(filepath.Dir(n.path), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", n.path, err)
	}
	if err := n.mend(); err != nil {
		return fmt.Errorf("write %s: %w", n.path, err)
	}
	file, err := os.OpenFile(n.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", n.path, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := file.Write(text.Bytes()); err != nil {
		return fmt.Errorf("write %s: %w", n.path, err)
	}
	return file.Sync()
}

// mend takes off the rest of a line that a crash cut off.
func (n notes[T]) mend() error {
	text, err := os.ReadFile(n.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (len(text) == 0 || text[len(text)-1] == '\n') {
		return nil
	}
	if err != nil {
		return err
	}
	return os.Truncate(n.path, int64(bytes.LastIndexByte(text, '\n')+1))
}
