/**
 * How much each letter surprises after the one before: a row for each letter before (the first for the edge of a label), a column for each after.
 * Units: half bits, from `a` for none. Learnt by scripts/learn-pair-costs.ts from 906,633 names of packages in the registries of npm and PyPI:
 * words and brands as people choose them. Names are facts; none of them stands here.
 */
export const pairLetters = '.abcdefghijklmnopqrstuvwxyz0123456789-'
export const pairCosts =
  'zikiikjkllmmkikkgnjhinllooozyzzzzzzzzz' +
  'zpkijqnjrjsmhjgqithhglnnpmpzvtwxzzzzzj' +
  'zgmmmhppohorhnpfmsijmhrrrltxuqrvyvzyzh' +
  'zhrnoiprgkuhhnrfjujkhkqssouzwsvxvzzzzj' +
  'zgknkflmqhijlmohntkkokqqqnuzurtwwyzyzh' +
  'zjmjklonrotqijgnlpfhipmmjprzwstxzxzvzh' +
  'zhpnoijpqfupgnpgnuiljjtqpkvytqvvuzzvyj' +
  'ziomoepkkgutkmlglshknjsqrntxuqvvzzzzzi' +
  'zfonnfpqshsqnmpfnplnijrptluvuquvuzzzzh' +
  'zkjhjjlktquoijfikrkihplsnsmzutwwzzzzzj' +
  'zdqoogqrqiropnrimopfpirmrqsvvsvwzzzzzl' +
  'zgnnkfnlngsplnnjmtlilkppsmsxtrttxzyrxf' +
  'zgomlfpptfvoimrglvqiljpssltzsrvwxzzzzi' +
  'zflimfposhtpjkoghqoknkrrrluwvrtvzvzyxi' +
  'ziojiglgqjqmnpljntpigmlrpnsyvstxzzzyzg' +
  'zmljiqnkrnpmijfijugkjknkmqtzqusxzzzvwi' +
  'zhqnmhqpkhvohprikuhkjlsrsfvyvstvyzzzzi' +
  'zknkmnppqktrfmpnloklidqnqrtwuqtvzzzzyi' +
  'zfokkfnmshtlmkmhmtmjjllrskuyvsvxzzzzzh' +
  'zjpjkgopjhulmmojjnpifloosltzuqrvyxzzzg' +
  'zhplpfopigtqmnqgmuhjklsorltyurvvxyzzzg' +
  'zjjkijojsispiihpjuhhgrqsnsqzrwyzzzzyzm' +
  'zgqmodqnrfupnnpintomnlrtsouuqnrsuvvuzj' +
  'zfonnfopkgtplojgntjhmptqpptxurtwzzzzzh' +
  'zinjmjnopirqlkolhsmlfmrqojsvqosquruuve' +
  'zjljkkmlonqokjikhplhfmonprnxupquyzzzzf' +
  'zhnmoeopkhqnllmhmqnmmiqppjjusrosxwuwyi' +
  'zqqrpsstvyzsrqivqyrqqtuuowvgffgkkkklkh' +
  'zqrppttuvuvtsrswpxuqruwwrpueggiikkjijh' +
  'zlmjjmmmnnnomknnjsmkkpnoorrgjjikklnnnf' +
  'zopkhqoprqqpnnpqmtnmmorrpxvhiijjkjlmmd' +
  'zknllnmmookpnmnoirmlmlpporthjikljllkme' +
  'ynomonoosqsqonppktpnmqqqpuwhhihkigkkkf' +
  'zoqoppqrvsvorssunxqppqttpvvfjjjfijjkke' +
  'xnnonppqrqvppqotovsopqrspunfgijjjjhikf' +
  'znonoppqurxqsqhspuqioqttpsxgjkjlkkljje' +
  'yoqnoqpruqvqpqqtptslqqrvptyfhijjjjjihf' +
  'zhkgikkklknnjillhpjgilmlqrrtqruvxxyyyz'
