#include "standard_stream.hpp"

#include "files.hpp"

namespace fairlead::relay {
namespace {

std::string_view reason(long error) {
  switch (-error) {
    case EACCES:
    case EPERM:
      return "Permission denied";
    case ENOENT:
      return "No such file or directory";
    case ENOTDIR:
    case ELOOP:
      return "Not a folder";
    case EEXIST:
      return "Something else is there";
    case ENOSPC:
      return "No space left";
    case EROFS:
      return "Read-only file system";
    case EINVAL:
      return "Not possible";
    case EBADMSG:
      return "This is no archive, or it is cut off";
    default:
      return {};
  }
}

}  // namespace

int complain(std::string_view what, long error) {
  Text line;
  append(line, what);
  append(line, ": ");
  if (const auto text = reason(error); !text.empty()) {
    append(line, text);
  } else {
    append(line, "error ");
    append_number(line, static_cast<std::uint64_t>(-error));
  }
  line.push_back('\n');
  write_fully(2, view(line));
  return 1;
}

}  // namespace fairlead::relay
