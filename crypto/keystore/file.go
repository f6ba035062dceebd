package keystore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

const (
	fileMode = 0o600
	dirMode  = 0o700
)

// Save writes a sealed key file that did not exist before, readable by its owner only, and returns when it is on disk.
// An existing file is ErrExists and stays as it is. A crash leaves either no file of that name or the whole one; a
// temporary file beside it may stay behind and holds nothing but the sealed key.
func Save(path string, sealed []byte) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".key-*") // created with mode 0600
	if err != nil {
		return fmt.Errorf("save key file: %w", err)
	}
	defer func() {
		if removed := os.Remove(temporary.Name()); err == nil && removed != nil {
			err = fmt.Errorf("save key file: %w", removed)
		}
	}()
	_, err = temporary.Write(sealed)
	if err == nil {
		err = temporary.Chmod(fileMode)
	}
	if err == nil {
		err = temporary.Sync()
	}
	if err := errors.Join(err, temporary.Close()); err != nil {
		return fmt.Errorf("save key file: %w", err)
	}
	// A link, unlike a rename, never replaces what is there.
	if err := os.Link(temporary.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("save key file: %w: %s", ErrExists, path)
		}
		return fmt.Errorf("save key file: %w", err)
	}
	// A crash before this may lose the name, not only delay it.
	if err := syncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("save key file: %w", err)
	}
	return nil
}

// Load reads a key file that Save wrote. One that other users may read or write is ErrMode, one longer than MaxFile
// ErrFormat.
func Load(path string) ([]byte, error) {
	file, err := openPrivate(path, os.O_RDONLY)
	if err != nil {
		return nil, fmt.Errorf("load key file: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("load key file: %w", err)
	}
	if len(data) > MaxFile {
		return nil, fmt.Errorf("load key file: %w: %s has more than %d bytes", ErrFormat, path, MaxFile)
	}
	return data, nil
}

// openPrivate opens a regular file that is its owner's alone. Windows has no such mode bits; there the check is void.
func openPrivate(path string, flag int) (*os.File, error) {
	file, err := os.OpenFile(path, flag, fileMode)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%w: %s is not a regular file", ErrFormat, path)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		err = fmt.Errorf("%w: %s has mode %#o; run chmod 600 on it", ErrMode, path, info.Mode().Perm())
	default:
		return file, nil
	}
	return nil, errors.Join(err, file.Close())
}

// Locked runs fn while no other process runs one with the same path: what reads a file,
// changes it and writes it again. The file of that name is empty and stays.
func Locked(path string, fn func() error) (err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }() // closing gives the lock back
	if err := lockFile(file); err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	return fn()
}

// syncDir makes the names in a directory durable. Windows cannot and need not.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
