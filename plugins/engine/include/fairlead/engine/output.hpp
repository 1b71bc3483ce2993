#pragma once

#include <fairlead/sdk/call.hpp>
#include <fairlead/unique_fd.hpp>

#include <memory>
#include <string_view>

namespace fairlead::engine {

class Sink;

/// The caller's end of a stream of ours, written to completely, at the reader's pace.
class Output {
 public:
  explicit Output(UniqueFd fd);
  ~Output();

  /// False once nobody reads any more. An empty descriptor takes everything. Throws
  /// Error(cancelled) and Error(failed, "call.output").
  bool write(std::string_view bytes, const sdk::Call& call);

 private:
  std::unique_ptr<Sink> sink_;
};

}  // namespace fairlead::engine
