import { quote } from '../credits';
import { WalletError } from '../errors';

/** ISO 3166-1, and Kosovo's user-assigned code, which card processors know as well. */
const COUNTRIES =
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY ' +
  'BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK ' +
  'FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR ' +
  'IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ' +
  'ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM ' +
  'PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF ' +
  'TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW';

/** Reads a country: two letters of ISO 3166-1, in any case. Throws `invalid_value`. */
export function parseCountry(text: string): string {
  const code = text.toUpperCase();
  if (/^[A-Z]{2}$/.test(code) && COUNTRIES.split(' ').includes(code)) return code;
  throw new WalletError('invalid_value', `the country ${quote(text)} is not valid`, {
    why: 'it must be the two letters of its ISO code',
    hint: 'write --country US',
  });
}

/**
 * Reads a postal code: letters, digits, single spaces and hyphens, twelve at most; five digits or nine in the United
 * States. Throws `invalid_value`.
 */
export function parsePostalCode(text: string, country: string | null): string {
  const isPlain = text.length <= 12 && /^[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*$/.test(text);
  const isAmerican = /^[0-9]{5}(?:-[0-9]{4})?$/.test(text);
  if (isPlain && (country !== 'US' || isAmerican)) return text;
  throw new WalletError('invalid_value', `the postal code ${quote(text)} is not valid`, {
    why: isPlain
      ? 'in the United States it has five digits, or nine as 12345-6789'
      : 'it has letters, digits, spaces and hyphens, twelve at most',
    hint: 'write it as on a letter, such as --postal-code 94107',
  });
}
