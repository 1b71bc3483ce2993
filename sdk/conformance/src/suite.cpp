#include "checks.hpp"

#include <cctype>

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

std::vector<std::string> check_names() {
  std::vector<std::string> names;
  for (const auto checks : {life_checks(), exec_checks(), stream_checks()}) {
    for (const auto& check : checks) names.emplace_back(check.name);
  }
  return names;
}

Result run_check(const std::string& name, Subject& subject, const Options& options) {
  for (const auto checks : {life_checks(), exec_checks(), stream_checks()}) {
    for (const auto& check : checks) {
      if (name == check.name) return run_one(check, subject, options);
    }
  }
  return {name, Outcome::failed, "there is no such check"};
}

std::string dotted(const std::string& name) {
  std::string word;
  for (const char each : name) {
    if (std::isalnum(static_cast<unsigned char>(each)) != 0) {
      word += each;
    } else if (!word.empty() && word.back() != '_') {
      word += '_';
    }
  }
  return word;
}

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
