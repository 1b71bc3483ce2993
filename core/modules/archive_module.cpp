#include "features/archive_table.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <string>

// The table over libarchive. Only tar, and only filters that are part of the library: nothing here
// starts a program.
namespace fairlead {
namespace {

struct Reader {
  archive* source = nullptr;
  std::string path;
  std::string link;
};

void copy_message(char* to, std::size_t size, const char* text) {
  if (size > 0) std::snprintf(to, size, "%s", text != nullptr ? text : "unknown fault");
}

void* open_archive(int fd, char* message, std::size_t message_size) {
  auto reader = std::unique_ptr<Reader>(new (std::nothrow) Reader);
  archive* source = archive_read_new();
  if (!reader || source == nullptr) {
    copy_message(message, message_size, "out of memory");
    return nullptr;
  }
  archive_read_support_format_tar(source);
  archive_read_support_format_empty(source);
  archive_read_support_filter_gzip(source);
  archive_read_support_filter_bzip2(source);
  archive_read_support_filter_xz(source);
  archive_read_support_filter_zstd(source);
  if (archive_read_open_fd(source, fd, std::size_t{64} << 10U) != ARCHIVE_OK) {
    copy_message(message, message_size, archive_error_string(source));
    archive_read_free(source);
    return nullptr;
  }
  reader->source = source;
  return reader.release();
}

int type_of(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return archive_hardlink;
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
      return archive_file;
    case AE_IFDIR:
      return archive_folder;
    case AE_IFLNK:
      return archive_symlink;
    default:
      return archive_other;
  }
}

// In the "C" locale the library cannot convert names of extended headers, which are UTF-8.
const char* either(const char* plain, const char* utf8) { return plain != nullptr ? plain : utf8; }

long next_entry(void* self, ArchiveEntry* out) {
  auto& reader = *static_cast<Reader*>(self);
  archive_entry* entry = nullptr;
  const int result = archive_read_next_header(reader.source, &entry);
  if (result == ARCHIVE_EOF) return archive_end;
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return archive_failed;
  const char* path = either(archive_entry_pathname(entry), archive_entry_pathname_utf8(entry));
  const int type = type_of(entry);
  const char* link = "";
  if (type == archive_hardlink) {
    link = either(archive_entry_hardlink(entry), archive_entry_hardlink_utf8(entry));
  } else if (type == archive_symlink) {
    link = either(archive_entry_symlink(entry), archive_entry_symlink_utf8(entry));
  }
  reader.path = path != nullptr ? path : "";
  reader.link = link != nullptr ? link : "";
  *out = {reader.path.c_str(), reader.link.c_str(), type,
          static_cast<unsigned>(archive_entry_perm(entry)),
          static_cast<std::uint64_t>(archive_entry_size(entry))};
  return archive_more;
}

long read_data(void* self, char* data, std::size_t size) {
  const auto count = archive_read_data(static_cast<Reader*>(self)->source, data, size);
  return count < 0 ? static_cast<long>(archive_failed) : static_cast<long>(count);
}

std::uint64_t consumed(void* self) {
  return static_cast<std::uint64_t>(archive_filter_bytes(static_cast<Reader*>(self)->source, -1));
}

const char* message_of(void* self) {
  const char* text = archive_error_string(static_cast<Reader*>(self)->source);
  return text != nullptr ? text : "unknown fault";
}

void close_archive(void* self) {
  auto* reader = static_cast<Reader*>(self);
  archive_read_free(reader->source);
  delete reader;
}

struct Writer {
  archive* target = nullptr;
  void* context = nullptr;
  bool (*write)(void*, const char*, std::size_t) = nullptr;
};

la_ssize_t pass_on(archive* /*target*/, void* self, const void* data, std::size_t size) {
  auto& writer = *static_cast<Writer*>(self);
  const bool taken = writer.write(writer.context, static_cast<const char*>(data), size);
  return taken ? static_cast<la_ssize_t>(size) : -1;
}

void* create_archive(void* context, bool (*write)(void*, const char*, std::size_t)) {
  auto writer = std::unique_ptr<Writer>(new (std::nothrow) Writer);
  archive* target = archive_write_new();
  if (!writer || target == nullptr) return nullptr;
  *writer = {target, context, write};
  archive_write_set_format_pax_restricted(target);
  archive_write_add_filter_none(target);
  archive_write_set_bytes_in_last_block(target, 1);  // no padding to tape blocks
  if (archive_write_open(target, writer.get(), nullptr, pass_on, nullptr) != ARCHIVE_OK) {
    archive_write_free(target);
    return nullptr;
  }
  return writer.release();
}

__LA_MODE_T file_type(int type) {
  if (type == archive_folder) return AE_IFDIR;
  return type == archive_symlink ? AE_IFLNK : AE_IFREG;
}

bool add_entry(void* self, const ArchiveEntry* from) {
  archive_entry* entry = archive_entry_new();
  if (entry == nullptr) return false;
  archive_entry_set_pathname(entry, from->path);
  archive_entry_set_filetype(entry, file_type(from->type));
  archive_entry_set_perm(entry, from->mode);
  archive_entry_set_size(entry, static_cast<la_int64_t>(from->size));
  archive_entry_set_mtime(entry, 0, 0);
  if (from->type == archive_symlink) archive_entry_set_symlink(entry, from->link);
  const bool done = archive_write_header(static_cast<Writer*>(self)->target, entry) == ARCHIVE_OK;
  archive_entry_free(entry);
  return done;
}

bool add_data(void* self, const char* data, std::size_t size) {
  const auto written = archive_write_data(static_cast<Writer*>(self)->target, data, size);
  return written == static_cast<la_ssize_t>(size);
}

bool finish_archive(void* self) {
  auto* writer = static_cast<Writer*>(self);
  const bool done = archive_write_close(writer->target) == ARCHIVE_OK;
  archive_write_free(writer->target);
  delete writer;
  return done;
}

}  // namespace
}  // namespace fairlead

extern "C" __attribute__((visibility("default"))) const fairlead::ArchiveTable fairlead_archive;
const fairlead::ArchiveTable fairlead_archive = {fairlead::archive_table_version,
                                                 fairlead::open_archive,
                                                 fairlead::next_entry,
                                                 fairlead::read_data,
                                                 fairlead::consumed,
                                                 fairlead::message_of,
                                                 fairlead::close_archive,
                                                 fairlead::create_archive,
                                                 fairlead::add_entry,
                                                 fairlead::add_data,
                                                 fairlead::finish_archive};
