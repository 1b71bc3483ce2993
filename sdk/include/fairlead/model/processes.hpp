#pragma once

#include <fairlead/model/common.hpp>

#include <optional>
#include <string>
#include <vector>

/// What runs in an instance, and streams into it.
namespace fairlead {

/// One command in a running instance. Without `terminal` the three streams stay apart.
/// The first event of the call is `Event{started}`; its id is what `exec_control` takes.
struct ExecRequest {
  std::string id;
  std::vector<std::string> argv;
  Environment env;
  std::string user;
  std::string working_directory;
  std::optional<Terminal> terminal;
  FdRef in;
  FdRef out;
  FdRef err;
  /// The command ends by itself once its standard input has: a call that is cancelled need not wait
  /// for that, nor look for its processes. A plugin that does not know this ends them as usual.
  bool ends_with_input = false;
};

struct ExecReply {
  int exit_code = 0;
};

/// Resizes the terminal of a running exec or sends it a signal ("TERM", "INT", …), whole process
/// group.
struct ExecControlRequest {
  std::string exec;
  std::optional<TerminalSize> resize;
  std::string signal;
};

struct LogsRequest {
  std::string id;
  bool follow = false;
  bool timestamps = false;
  int tail = -1;      ///< lines; -1: all
  std::string since;  ///< RFC 3339 or Unix seconds
  FdRef out;
  FdRef err;
};

/// A tar stream into or out of a folder of the instance.
struct CopyInRequest {
  std::string id;
  std::string path;  ///< existing folder
  FdRef archive;
};

struct CopyOutRequest {
  std::string id;
  std::string path;
  FdRef archive;
};

/// One byte stream to a port or socket as the instance sees it; the reply carries one descriptor.
struct DialRequest {
  std::string id;
  std::string host = "127.0.0.1";
  int port = 0;
  std::string socket;  ///< path of a Unix socket; wins over host and port
};

struct DialReply {
  FdRef stream;
};

struct WatchRequest {
  std::vector<std::string> labels;
};

}  // namespace fairlead
