#include "checks.hpp"

namespace fairlead::conformance {
namespace {

Result run_one(const Check& check, Subject& subject, const Options& options) {
  try {
    World world(subject, options);
    check.run(world);
    return {check.name, Outcome::passed, {}};
  } catch (const Absent& absent) {
    return {check.name, Outcome::absent, absent.what()};
  } catch (const Error& error) {
    const auto outcome = error.status() == Status::unsupported ? Outcome::absent : Outcome::failed;
    return {check.name, outcome, error.code() + ": " + error.message()};
  } catch (const std::exception& broken) {
    return {check.name, Outcome::failed, broken.what()};
  }
}

}  // namespace

std::vector<Result> run_checks(Subject& subject, const Options& options,
                               const std::function<void(const Result&)>& tell) {
  std::vector<Result> results;
  for (const auto checks : {life_checks(), exec_checks(), stream_checks()}) {
    for (const auto& check : checks) {
      results.push_back(run_one(check, subject, options));
      tell(results.back());
    }
  }
  return results;
}

}  // namespace fairlead::conformance
