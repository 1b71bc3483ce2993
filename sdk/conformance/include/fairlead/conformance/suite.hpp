#pragma once

#include <fairlead/model.hpp>
#include <fairlead/unique_fd.hpp>

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

/// What every backend owes its callers, checked from outside by using it.
namespace fairlead::conformance {

/// How one call of a check runs. Descriptors are the call's from then on; an empty one is no
/// stream.
struct Run {
  UniqueFd in;
  UniqueFd out;
  UniqueFd err;
  std::stop_token stop;
  std::function<void(const Event&)> on_event;
};

/// The backend under test. Each method blocks and throws fairlead::Error, as the operations of the
/// same names do (docs/plugins.md); calls may overlap. FdRefs of a request are the adapter's to
/// set.
class Subject {
 public:
  virtual ~Subject() = default;

  virtual Capabilities capabilities() = 0;
  virtual std::string create(const CreateRequest& request) = 0;
  virtual std::string start(const std::string& id) = 0;
  virtual void stop(const std::string& id) = 0;
  virtual void remove(const std::string& id) = 0;
  virtual InstanceInfo inspect(const std::string& id) = 0;
  virtual std::vector<InstanceInfo> list(const std::vector<std::string>& labels) = 0;
  virtual int exec(ExecRequest request, Run run) = 0;
  virtual void exec_control(const ExecControlRequest& request) = 0;
  virtual void logs(LogsRequest request, Run run) = 0;
  virtual void copy_in(CopyInRequest request, UniqueFd archive) = 0;
  virtual void copy_out(CopyOutRequest request, UniqueFd archive) = 0;
  virtual UniqueFd dial(const DialRequest& request) = 0;
  virtual void watch(const WatchRequest& request, Run run) = 0;
};

struct Options {
  std::string image;  ///< an image with sh and what busybox has
  std::string mark;   ///< a label's value for what is made, unique on the engine
};

enum class Outcome {
  passed,
  failed,
  absent,  ///< the backend says that it cannot
};

struct Result {
  std::string check;  ///< stable name
  Outcome outcome = Outcome::passed;
  std::string why;  ///< of a failure, or of what is absent
};

/// Runs every check, each on an instance of its own that is removed again; `tell` hears each result
/// at once. Takes a minute or two. Throws nothing.
std::vector<Result> run_checks(Subject& subject, const Options& options,
                               const std::function<void(const Result&)>& tell);

/// The names of all checks, in their order.
std::vector<std::string> check_names();

/// Runs the one with this name. Throws nothing.
Result run_check(const std::string& name, Subject& subject, const Options& options);

/// A name as one word for filters: "exit codes 0, 3, 137" is "exit_codes_0_3_137".
std::string dotted(const std::string& name);

}  // namespace fairlead::conformance
